#include "steady/chain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/epsilon.hpp"
#include "redfield/generator/davies.hpp"

namespace redfield::steady {

namespace {

using base::epsilon;
/// Levels up to which the uncertainty of the rates is followed twice.
constexpr Index few_levels = 300;

/// The trace norm of the change of a diagonal state when rounding rotates the eigenvectors.
double rotation_error(const PackedMap& map, const RealVector& p) {
    double sum = 0.0;
    for (Index l = 0; l < p.size(); ++l)
        for (Index k = 0; k < l; ++k) {
            const double distance = std::abs(map.rotation(k + p.size() * l));
            if (distance == 0.0) continue;
            const double element = map.energy_noise() * (p[k] - p[l]) / distance;
            sum += 2.0 * element * element;
        }
    return std::sqrt(static_cast<double>(p.size()) * sum);
}

/// R with each matrix element changed by its uncertainty, in a random direction.
RealMatrix disturbed(const RealMatrix& rates, const equation::RateRounding& rounding,
                     std::mt19937_64& engine) {
    const Index n = rates.rows();
    const RealVector random = random_operator(engine, n * n);
    RealMatrix out = rates;
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) {
            if (k == l || !(rates(k, l) > 0.0)) continue;
            const Index sign = rounding.symmetric ? std::min(k, l) + n * std::max(k, l) : k + n * l;
            const double share = std::sqrt(rounding.noise(k, l) / rates(k, l));
            out(k, l) *= std::max(epsilon, 1.0 + 2.0 * share * random[sign]);
        }
    return out;
}

std::optional<Chain> of_davies(const PackedMap& map, const Davies& davies) {
    const equation::RateRounding rounding = equation::rate_rounding(*davies.pair_equation());
    RealMatrix rates = davies.rates().population;
    bool exact = true;
    for (Index l = 0; l < rates.cols(); ++l)
        for (Index k = 0; k < rates.rows(); ++k) {
            exact = exact && rounding.noise(k, l) == 0.0;
            if (k != l && !(rates(k, l) > rounding.noise(k, l))) rates(k, l) = 0.0;
        }
    Chain out{equation::stationary(rates), 0.0};
    const auto n = static_cast<double>(rates.rows());
    out.error = 8.0 * epsilon * n;
    for (Index c = 0; c < out.late.distributions.cols(); ++c)
        out.error = std::max(out.error, 2.0 * rotation_error(map, out.late.distributions.col(c)));
    if (exact || out.late.distributions.cols() != 1) return out;
    std::mt19937_64 engine(12345);
    double difference = 0.0;
    for (int i = 0; i < (rates.rows() <= few_levels ? 2 : 1); ++i) {
        const equation::Stationary other = equation::stationary(disturbed(rates, rounding, engine));
        difference =
            std::max(difference, (other.distributions - out.late.distributions).cwiseAbs().sum());
    }
    out.error += 3.0 * difference;
    return out;
}

/// The rates R of populations, where they do not feed coherences.
std::optional<RealMatrix> population_rates(PackedMap& map) {
    const Index n = map.levels();
    RealMatrix rates(n, n);
    RealVector unit = RealVector::Zero(map.size()), change;
    for (Index l = 0; l < n; ++l) {
        unit[l * (n + 1)] = 1.0;
        map(unit, change);
        unit[l * (n + 1)] = 0.0;
        for (Index k = 0; k < n; ++k) {
            rates(k, l) = change[k * (n + 1)];
            if (k != l && !(rates(k, l) >= 0.0)) return std::nullopt;
            change[k * (n + 1)] = 0.0;
        }
        if ((change.array() != 0.0).any()) return std::nullopt;
    }
    return rates;
}

/// Whether every coherence turns or decays on its own.
bool coherences_vanish(PackedMap& map, const RealMatrix& matrix) {
    const Index n = map.levels();
    const ComplexMatrix decay = map.generator().decay();
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) {
            if (k == l) continue;
            const Index own = k + n * l, other = l + n * k;
            auto column = matrix.col(own);
            for (Index e = 0; e < matrix.rows(); ++e)
                if (e != own && e != other && column[e] != 0.0) return false;
            const double terms =
                decay.size() == 0 ? map.rate() : std::abs(decay(k, k)) + std::abs(decay(l, l));
            if (!(std::hypot(column[own], column[other]) > 16.0 * epsilon * terms)) return false;
        }
    return true;
}

}  // namespace

std::optional<Chain> chain_of(PackedMap& map, double max_bytes) {
    if (const auto* davies = dynamic_cast<const Davies*>(&map.generator()))
        return davies->degenerate() ? std::nullopt : of_davies(map, *davies);
    const auto size = static_cast<double>(map.size());
    if (map.levels() > dense_chain_levels || sizeof(double) * size * size > max_bytes)
        return std::nullopt;
    const std::optional<RealMatrix> rates = population_rates(map);
    if (!rates || !coherences_vanish(map, map.matrix(1.0, max_bytes))) return std::nullopt;
    return Chain{equation::stationary(*rates), 8.0 * epsilon * static_cast<double>(map.levels())};
}

}  // namespace redfield::steady
