#include "steady/slow_modes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "linalg/decompositions.hpp"
#include "linalg/orthonormal_basis.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/equation/secular_rates.hpp"
#include "steady/judgement.hpp"
#include "steady/ritz.hpp"
#include "steady/terms.hpp"

namespace redfield::steady {

namespace {

/// The smallest shift σ, relative to the dissipative scale.
constexpr double min_shift = 1e-9;
/// The shift of the exact inverse that is tried first, relative to the fastest decay.
constexpr double exact_shift = 1e-4;

/// The moduli of the eigenvalues of the secular rates of populations, ascending; none where the generator
/// has no secular part.
std::vector<double> population_rates(const Generator& generator) {
    std::vector<double> out;
    const equation::PairEquation* pairs = generator.pair_equation();
    if (pairs == nullptr && generator.system() == nullptr) return out;
    const RealMatrix rates =
        equation::secular_rates(pairs != nullptr ? *pairs
                                                 : equation::one_sided(*generator.system(), true))
            .population;
    const VectorOf<Complex> values = linalg::general_values(rates, "the rates of populations");
    for (const Complex value : values) out.push_back(std::abs(value));
    std::sort(out.begin(), out.end());
    return out;
}

/// A σ > 0 that is small against the k slowest modes, as the secular rates of populations tell them.
double shift_for(const PackedMap& map, Index k) {
    const std::vector<double> slow = population_rates(map.generator());
    if (slow.empty()) return min_shift * map.rate();
    const std::size_t last = std::min(slow.size() - 1, static_cast<std::size_t>(k));
    return std::max(0.3 * slow[last], min_shift * map.rate());
}

/// 𝓛 in a space of packed states, VᵀLV, with its modes.
Modes modes_inside(PackedMap& map, const linalg::OrthonormalBasis<double>& space, double zero) {
    RealMatrix image(map.size(), space.size());
    RealVector column;
    for (Index c = 0; c < space.size(); ++c) {
        map(space.vectors().col(c), column);
        image.col(c) = column;
    }
    const linalg::GeneralModes small = linalg::general_modes(
        RealMatrix(space.vectors().transpose() * image), "spectrum: the small problem");
    return {small.values, space.vectors().cast<Complex>() * small.vectors, zero};
}

Modes shift_inverted(PackedMap& map, const Inverse& inverse, double sigma, Index k, double tol) {
    constexpr double new_direction = 1e-6, nearer = 1.0 - 1e-6;
    // In units of each element's own rate, as the steady state is solved.
    Bordered system(map);
    const Preconditioner precondition = system.preconditioner(inverse.at(sigma, 0.0));
    const LinearMap shifted = [&](const RealVector& x, RealVector& out) {
        system.stationarity(x, out);
        out -= sigma * x.cwiseQuotient(system.scale());
    };
    // An error of the residual is amplified by the fastest rate over σ; where the inverse is exact every
    // digit costs one step.
    const double solve_tol = inverse.exact ? 1e-14 : 0.01 * tol;
    const double zero = inverse.exact ? tol * sigma : std::max(map.rounding(), tol) * map.rate();
    linalg::OrthonormalBasis<double> space(map.size());
    const LinearMap inverted = [&](const RealVector& x, RealVector& out) {
        const RealVector right = (x - space.projection(x)).cwiseQuotient(system.scale());
        const Solution solution = linalg::gmres<double>(shifted, precondition, right, solve_tol);
        if (solution.residual > tol) {
            std::ostringstream text;
            text << "spectrum: GMRES stagnates at a relative residual of " << solution.residual
                 << "; loosen tol, or use method=\"direct\"";
            throw ConvergenceError(text.str());
        }
        out = solution.x - space.projection(solution.x);
    };
    std::mt19937_64 engine(1);
    for (Index wanted = k;; wanted = std::min<Index>(k, 2)) {
        RealVector start = random_operator(engine, map.size());
        start -= space.projection(start);
        const RitzPairs pairs =
            ritz_pairs(inverted, start, wanted, tol, std::max<Index>(60, 6 * wanted + 30));
        const double nearest = (sigma + pairs.values.array().inverse()).abs().minCoeff();
        const bool first = space.size() == 0;
        const auto add = [&](const RealVector& part) {
            space.append(part, new_direction * std::max(part.norm(), 1e-3));
        };
        for (Index c = 0; c < pairs.vectors.cols(); ++c) {
            // Both parts of a vector span its pair of conjugate eigenvalues.
            add(pairs.vectors.col(c).real());
            add(pairs.vectors.col(c).imag());
        }
        const Modes modes = modes_inside(map, space, zero);
        const auto last = static_cast<std::size_t>(std::min<Index>(k, space.size()) - 1);
        const double farthest = std::abs(modes.values[by_distance(modes.values)[last]]);
        const bool enough = !first && space.size() >= k && nearest > nearer * farthest;
        if (enough || space.size() > map.size() - 4) return modes;
    }
}

/// The modes by an exact inverse. A σ that is small against the modes drowns them beside the steady
/// state, and one that is large takes a long Krylov space: as the fastest decay tells little of them,
/// where a space of highest levels is hardly reached, several are tried. Modes so near zero that σ does
/// not tell them apart are found anew with a smaller one.
Modes by_exact_inverse(PackedMap& map, const Inverse& inverse, double sigma, Index k, double tol) {
    constexpr std::array<double, 5> factors{1.0, 1.0 / 30.0, 30.0, 1.0 / 900.0, 900.0};
    constexpr double crowded = 1e-2, fall = 1e-2;
    std::optional<Modes> out;
    std::optional<ConvergenceError> failure;
    for (const double factor : factors) try {
            out = shift_inverted(map, inverse, factor * sigma, k, tol);
            sigma *= factor;
            break;
        } catch (const ConvergenceError& error) {
            failure = error;
        }
    if (!out) throw *failure;
    while ((out->values.cwiseAbs().array() <= crowded * sigma).count() > 1 &&
           fall * sigma >= min_shift * map.rate())
        try {
            sigma *= fall;
            out = shift_inverted(map, inverse, sigma, k, tol);
        } catch (const ConvergenceError&) {  // the modes with the larger σ are as good as can be had
            break;
        }
    return *out;
}

}  // namespace

std::optional<Modes> slow_modes(PackedMap& map, Index k, InverseChoice choice, double tol,
                                double max_bytes) {
    Inverses inverses(map, choice, max_bytes);
    const double sigma = shift_for(map, k);
    std::optional<ConvergenceError> failure;
    while (const auto inverse = inverses.next()) {
        try {
            if (inverse->exact)
                return by_exact_inverse(map, *inverse, std::max(sigma, exact_shift * map.decay()), k,
                                        tol);
            return shift_inverted(map, *inverse, sigma, k, tol);
        } catch (const ConvergenceError& error) {
            failure = error;
        }
    }
    if (failure) throw *failure;
    return std::nullopt;
}

RealVector own_rates(const PackedMap& map, const ComplexMatrix& modes) {
    const Generator& generator = map.generator();
    const Index n = map.levels();
    RealVector out = RealVector::Constant(modes.cols(), map.rate());
    // |G| of the drift G = −iH − K without what the frame turns by.
    const ComplexMatrix g = generator.frame() == Frame::given ? drift(generator) : generator.decay();
    if (g.size() == 0) return out;
    const RealMatrix moduli = g.cwiseAbs();
    for (Index c = 0; c < modes.cols(); ++c) {
        const RealMatrix half = modes.col(c).cwiseAbs().reshaped(n, n);
        const RealMatrix mode = half + half.transpose();
        out[c] = std::min(out[c], 2.0 * (moduli * mode).norm() / mode.norm());
    }
    return out;
}

}  // namespace redfield::steady
