#include "bath/principal_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "bath/edges.hpp"
#include "bath/gauss.hpp"
#include "bath/pi.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::bath {

namespace {

/// Halving all panels may change the integral by this part of the largest h.
constexpr double accurate = 1e-8;
/// Frequencies whose integrals are done twice.
constexpr Index checked = 8;
constexpr int rounds = 5;
/// Corners nearer to each other than this part of the range are one.
constexpr double same = 1e-13;
/// Nodes of one integral; more of them are memory without end, of widths that no number can tell apart.
constexpr std::size_t most_nodes = 5'000'000;
/// The range ends where γ is below this part of its largest value.
constexpr double negligible = 1e-13;
/// A panel that is short against what γ varies over has fewer nodes.
constexpr double short_panel = 0.2;

/// The frequencies whose integrals are the hardest: about zero, the outermost, and some between.
RealVector hardest(const RealVector& w) {
    const Index n = w.size();
    if (n <= checked) return w;
    std::vector<Index> order(static_cast<std::size_t>(n)), chosen;
    for (Index k = 0; k < n; ++k) order[static_cast<std::size_t>(k)] = k;
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return std::abs(w[a]) < std::abs(w[b]); });
    chosen.assign(order.begin(), order.begin() + checked / 2);
    for (Index k = 0; k < checked / 2; ++k) chosen.push_back(k * (n - 1) / (checked / 2 - 1));
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    RealVector out(static_cast<Index>(chosen.size()));
    for (std::size_t k = 0; k < chosen.size(); ++k) out[static_cast<Index>(k)] = w[chosen[k]];
    return out;
}

}  // namespace

PrincipalValues::PrincipalValues(Bath bath) : bath_(std::move(bath)), features_(bath_.features()) {
    for (const Feature& feature : features_) finest_ = std::min(finest_, feature.width);
}

void PrincipalValues::roots(const double* w, double* out, Index count) const {
    bath_.power_spectrum(w, out, count);
    for (Index k = 0; k < count; ++k) {
        require(out[k] >= 0.0, "the power spectrum at ", w[k], " is ", out[k],
                "; it must not be negative");
        out[k] = std::isfinite(out[k]) ? std::sqrt(out[k]) : 0.0;
    }
}

RealMatrix PrincipalValues::among(const RealVector& w) {
    const RealVector some = hardest(w);
    const std::vector<double> panels = edges(w);
    Nodes coarse = nodes(panels, parts_);
    RealMatrix values = integrate(some, coarse);
    double error = 0.0, largest = 0.0;
    for (int round = 0; round < rounds; ++round) {
        Nodes fine = nodes(panels, 2 * parts_);
        RealMatrix finer = integrate(some, fine);
        error = (finer - values).cwiseAbs().maxCoeff();
        largest = finer.cwiseAbs().maxCoeff();
        if (error <= accurate * std::max(largest, 1e-3 * largest_rate(w)))
            return some.size() == w.size() ? finer : integrate(w, coarse);
        parts_ *= 2;
        coarse = std::move(fine);
        values = std::move(finer);
    }
    std::ostringstream text;
    text << "the Lamb shift of the universal Lindblad equation is known to " << error / largest
         << " only; the bath must say where its spectrum varies and how fast";
    throw ConvergenceError(text.str());
}

double PrincipalValues::largest_rate(const RealVector& w) const {
    RealVector root(w.size());
    roots(w.data(), root.data(), w.size());
    return (w.array() != 0.0).select(root.array().square(), 0.0).maxCoeff();
}

std::vector<double> PrincipalValues::edges(const RealVector& w) const {
    std::map<double, double> corners{{0.0, finest_}};  // where a factor of the integrand has a feature
    for (const Feature& feature : features_)
        for (const double at : w) {
            double& width = corners.emplace(std::abs(at - feature.at), feature.width).first->second;
            width = std::min(width, feature.width);
        }
    const double reach = std::max(corners.rbegin()->first, finest_);
    std::vector<Feature> ordered;
    for (const auto& [at, width] : corners) {
        if (!ordered.empty() && at - ordered.back().at <= same * reach)
            ordered.back().width = std::min(ordered.back().width, width);
        else
            // Beyond a corner near the pole the integrand varies as 1/x does, over its own distance.
            ordered.push_back({at, at > 0.0 ? std::min(width, at) : width});
    }
    std::vector<double> out = graded(ordered);

    const std::vector<double> far =
        beyond(w, {ordered.back().at, std::max(ordered.back().width, 1e-3 * reach)});
    out.insert(out.end(), far.begin(), far.end());
    return out;
}

std::vector<double> PrincipalValues::beyond(const RealVector& w, Feature last) const {
    constexpr std::size_t each = 3;
    const double low = w.minCoeff(), high = w.maxCoeff();
    const std::array<double, each> probes{low, 0.5 * (low + high), high};
    double sum = 0.0,
           before = 0.0;  // the largest of γ in the octave last looked at, and in the one before
    const auto probe = [&](double distance, bool both_sides) {
        std::array<double, probed.size() * 2 * each> at{}, root{};
        for (std::size_t i = 0; i < probed.size(); ++i)
            for (std::size_t k = 0; k < each; ++k) {
                const double x = last.at + probed[i] * distance;
                at[2 * (i * each + k)] = probes[k] - x;
                at[2 * (i * each + k) + 1] = probes[k] + x;
            }
        roots(at.data(), root.data(), static_cast<Index>(at.size()));
        before = std::exchange(sum, 0.0);
        double difference = 0.0;
        for (std::size_t i = 0; i < probed.size(); ++i)
            for (std::size_t j = 0; j < each; ++j)
                for (std::size_t k = 0; k <= j; ++k) {
                    const double* a = &root[2 * (i * each + j)];
                    const double* b = &root[2 * (i * each + k)];
                    sum = std::max(sum, a[0] * b[0] + a[1] * b[1]);
                    difference = std::max(difference, std::abs(a[0] * b[0] - a[1] * b[1]));
                }
        if (!both_sides) return sum;
        return difference <= negligible * sum ? 0.0 : difference;
    };
    auto far = until_negligible([&](double x) { return probe(x, false); }, last, negligible);
    // White noise does not fall off, but what it has at ω + x and at ω − x cancels.
    if (!far) {
        far = until_negligible([&](double x) { return probe(x, true); }, last, negligible);
        if (sum > 1.001 * before) far.reset();
    }
    require(far.has_value(),
            "the power spectrum does not fall off at high "
            "frequencies, or too slowly, so that the Lamb "
            "shift's integral diverges: give it a cutoff, or "
            "leave the Lamb shift out (lamb_shift = false)");
    return *far;
}

PrincipalValueNodes PrincipalValues::nodes(const std::vector<double>& edges, int parts) const {
    static const GaussRule few(10), many(24);
    const auto largest = static_cast<std::size_t>(parts) * 24 * edges.size();
    if (largest > most_nodes)
        throw ConvergenceError("the Lamb shift of the universal Lindblad equation needs more than " +
                               std::to_string(most_nodes) + " frequencies; the bath varies over widths " +
                               "that are too far apart");
    std::vector<double> x, weight;
    for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
        const double length = edges[k + 1] - edges[k], size = length / parts;
        const GaussRule& gauss = length <= short_panel * finest_ ? few : many;
        for (int part = 0; part < parts; ++part)
            for (Index i = 0; i < gauss.x.size(); ++i) {
                // u²(3 − 2u) flattens what is not smooth at a panel's ends.
                const double u = 0.5 * (gauss.x[i] + 1.0);
                x.push_back(edges[k] + size * part + size * u * u * (3.0 - 2.0 * u));
                weight.push_back(size * 3.0 * u * (1.0 - u) * gauss.weight[i] / (2.0 * pi * x.back()));
            }
    }
    return {RealVector::Map(x.data(), static_cast<Index>(x.size())),
            RealVector::Map(weight.data(), static_cast<Index>(weight.size()))};
}

RealMatrix PrincipalValues::integrate(const RealVector& w, const Nodes& nodes) const {
    const Index n = w.size(), most = std::max<Index>(64, 1'000'000 / n);
    RealMatrix total = RealMatrix::Zero(n, n);
    for (Index first = 0; first < nodes.x.size(); first += most) {
        base::poll();
        const Index count = std::min(most, nodes.x.size() - first);
        const auto x = nodes.x.segment(first, count);
        // Columns: ω − x, then ω + x, whose weights have opposite signs.
        RealMatrix at(2 * count, n), root(2 * count, n);
        for (Index k = 0; k < n; ++k) {
            at.col(k).head(count) = w[k] - x.array();
            at.col(k).tail(count) = w[k] + x.array();
        }
        roots(at.data(), root.data(), at.size());
        RealVector signed_weight(2 * count);
        signed_weight << nodes.weight.segment(first, count), -nodes.weight.segment(first, count);
        at = signed_weight.asDiagonal() * root;
        base::parallel_ranges(base::resolve_threads(0, n), n, [&](Index start, Index columns) {
            total.middleCols(start, columns).noalias() +=
                at.transpose() * root.middleCols(start, columns);
        });
    }
    return total;
}

}  // namespace redfield::bath

namespace redfield {

PrincipalValueNodes principal_value_nodes(const Bath& bath, const RealVector& w, int parts) {
    require(w.size() > 0 && w.allFinite(), "principal_value_nodes: frequencies must be finite numbers");
    require(parts > 0, "principal_value_nodes: parts must be positive, got ", parts);
    return bath::PrincipalValues(bath).nodes(w, parts);
}

}  // namespace redfield
