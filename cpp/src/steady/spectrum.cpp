#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <sstream>

#include "redfield/equation/kinds.hpp"
#include "redfield/equation/secular_rates.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "redfield/steady/steady_state.hpp"
#include "steady/arnoldi.hpp"
#include "steady/frequency_blocks.hpp"
#include "steady/gmres.hpp"
#include "steady/judgement.hpp"
#include "steady/preconditioners.hpp"
#include "steady/terms.hpp"

namespace redfield {

using steady::Modes;
using steady::PackedMap;

namespace {

/// Levels up to which a dense N²×N² matrix is diagonalised.
constexpr Index diagonalised_levels = 16;
/// Levels up to which "automatic" does so where every way stagnates.
constexpr Index dense_spectrum_levels = 48;
/// The least shift σ, in parts of the dissipative scale.
constexpr double least_shift = 1e-9;
/// The shift of the exact inverse that is tried first, in parts of the fastest decay.
constexpr double exact_shift = 1e-4;

std::vector<Index> by_distance(const Eigen::VectorXcd& values) {
    std::vector<Index> order(static_cast<std::size_t>(values.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return std::abs(values[a]) < std::abs(values[b]); });
    return order;
}

Modes diagonalised(const RealMatrix& matrix) {
    const Eigen::EigenSolver<RealMatrix> solver(matrix);
    if (solver.info() != Eigen::Success)
        throw ConvergenceError("spectrum: the small eigenvalue problem does not converge");
    return {solver.eigenvalues(), solver.eigenvectors(), 0.0};
}

/// The slowest secular populations, where the generator has any.
std::vector<double> slow_populations(const Generator& generator) {
    const equation::PairEquation* pairs = generator.pair_equation();
    std::optional<equation::PairEquation> near;
    if (pairs == nullptr && generator.system() != nullptr)
        near = equation::one_sided(*generator.system(), true);
    if (near) pairs = &*near;
    std::vector<double> slow;
    if (pairs == nullptr) return slow;
    const RealMatrix populations = equation::secular_rates(*pairs).population;
    const Eigen::VectorXcd values = Eigen::EigenSolver<RealMatrix>(populations, false).eigenvalues();
    for (const Complex value : values) slow.push_back(std::abs(value));
    std::sort(slow.begin(), slow.end());
    return slow;
}

/// A σ > 0 that is small against the k slowest modes, as the secular populations tell them.
double shift_for(const PackedMap& map, Index k) {
    const std::vector<double> slow = slow_populations(map.generator());
    if (slow.empty()) return least_shift * map.rate();
    const std::size_t last = std::min(slow.size() - 1, static_cast<std::size_t>(k));
    return std::max(0.3 * slow[last], least_shift * map.rate());
}

/// Adds to the orthonormal columns of `basis` what `vectors` have outside them.
void extend(RealMatrix& basis, const ComplexMatrix& vectors) {
    for (Index c = 0; c < 2 * vectors.cols(); ++c) {
        // Both parts of a vector span its pair of conjugate eigenvalues.
        RealVector v =
            c % 2 == 0 ? RealVector(vectors.col(c / 2).real()) : RealVector(vectors.col(c / 2).imag());
        const double size = v.norm();
        for (int pass = 0; pass < 2; ++pass) v -= basis * (basis.transpose() * v).eval();
        if (v.norm() <= 1e-6 * std::max(size, 1e-3)) continue;
        basis.conservativeResize(Eigen::NoChange, basis.cols() + 1);
        basis.rightCols(1) = v.normalized();
    }
}

/// Arnoldi iteration with (𝓛 − σ)⁻¹. One Krylov space sees one copy of a degenerate eigenvalue: the
/// search is repeated outside the invariant space found, until nothing is nearer to 0 than the k-th mode.
Modes shift_inverted(PackedMap& map, steady::Inverse& inverse, double sigma, Index k, double tol) {
    // In units of each element's own rate, as the steady state is solved.
    steady::Bordered system(map);
    const steady::Preconditioner precondition = system.preconditioner(inverse.shifted(sigma));
    const steady::LinearMap shifted = [&](const RealVector& x, RealVector& out) {
        system.stationarity(x, out);
        out -= sigma * x.cwiseQuotient(system.scale());
    };
    // An error of the residual is amplified by the fastest rate over σ; where the inverse is exact every
    // digit costs one step.
    const bool exact = inverse.method() == SteadyMethod::direct;
    const double inner = exact ? 1e-14 : 0.01 * tol;
    RealMatrix basis(map.size(), 0);
    const steady::LinearMap inverted = [&](const RealVector& x, RealVector& out) {
        const steady::Solution solution =
            steady::gmres(shifted, precondition,
                          (x - basis * (basis.transpose() * x)).cwiseQuotient(system.scale()), inner);
        if (solution.residual > tol) {
            std::ostringstream text;
            text << "spectrum: GMRES stagnates at a relative residual of " << solution.residual
                 << "; loosen tol, or use method=\"direct\"";
            throw ConvergenceError(text.str());
        }
        out = solution.x - basis * (basis.transpose() * solution.x);
    };
    std::mt19937_64 engine(1);
    for (Index wanted = k;; wanted = std::min<Index>(k, 2)) {
        RealVector start = steady::random_operator(engine, map.size());
        start -= basis * (basis.transpose() * start).eval();
        const steady::Ritz found =
            steady::arnoldi(inverted, start, wanted, tol, std::max<Index>(60, 6 * wanted + 30));
        double nearest = std::numeric_limits<double>::infinity();
        for (const Complex theta : found.values)
            nearest = std::min(nearest, std::abs(sigma + 1.0 / theta));
        const bool first = basis.cols() == 0;
        extend(basis, found.vectors);
        RealMatrix image(map.size(), basis.cols());
        RealVector column;
        for (Index c = 0; c < basis.cols(); ++c) {
            map(basis.col(c), column);
            image.col(c) = column;
        }
        const Modes small = diagonalised(basis.transpose() * image);
        const std::vector<Index> order = by_distance(small.values);
        const auto last = static_cast<std::size_t>(std::min<Index>(k, basis.cols()) - 1);
        const bool enough =
            !first && basis.cols() >= k && nearest > (1.0 - 1e-6) * std::abs(small.values[order[last]]);
        if (enough || basis.cols() > map.size() - 4)
            return {small.values, basis.cast<Complex>() * small.vectors,
                    exact ? tol * sigma : std::max(map.rounding(), tol) * map.rate()};
    }
}

/// By an exact inverse. A σ that is small against the modes drowns them beside the steady state, and one
/// that is large takes a long Krylov space: as the fastest decay tells little of them, where a space of
/// highest levels is hardly reached, several are tried. Modes so near zero that σ does not tell them
/// apart are found anew with a smaller one.
Modes by_exact(PackedMap& map, steady::Inverse& inverse, double sigma, Index k, double tol) {
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
           fall * sigma >= least_shift * map.rate())
        try {
            sigma *= fall;
            out = shift_inverted(map, inverse, sigma, k, tol);
        } catch (const ConvergenceError&) {  // the modes with the larger σ are as good as can be had
            break;
        }
    return *out;
}

/// The rate at which elements that a mode holds decay, from |G| of the drift G = −iH − K without what the
/// frame turns by: rounding moves the mode's eigenvalue by that, however fast other levels decay.
RealVector own_rates(const PackedMap& map, const ComplexMatrix& modes) {
    const Generator& generator = map.generator();
    const Index n = map.levels();
    RealVector out = RealVector::Constant(modes.cols(), map.rate());
    const ComplexMatrix g =
        generator.frame() == Frame::given ? steady::drift(generator) : generator.decay();
    if (g.size() == 0) return out;
    const RealMatrix moduli = g.cwiseAbs();
    for (Index c = 0; c < modes.cols(); ++c) {
        const RealMatrix half = modes.col(c).cwiseAbs().reshaped(n, n);
        const RealMatrix mode = half + half.transpose();
        out[c] = std::min(out[c], 2.0 * (moduli * mode).norm() / mode.norm());
    }
    return out;
}

/// By the first inverse that is good enough; the error of the last where none is.
std::optional<Modes> by_any(PackedMap& map, Index k, const SteadyOptions& options) {
    steady::Inverses inverses(map, options);
    const double sigma = shift_for(map, k);
    std::optional<ConvergenceError> failure;
    while (const auto inverse = inverses.next()) {
        try {
            if (inverse->method() == SteadyMethod::direct)
                return by_exact(map, *inverse, std::max(sigma, exact_shift * map.decay()), k,
                                options.tol);
            return shift_inverted(map, *inverse, sigma, k, options.tol);
        } catch (const ConvergenceError& error) {
            failure = error;
        }
    }
    if (failure) throw *failure;
    return std::nullopt;
}

}  // namespace

Spectrum spectrum(const Generator& generator, Index k, const SteadyOptions& options) {
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    require(k >= 1 && k <= map.size(), "spectrum: k = ", k, " modes of a generator with ", map.size());
    require(std::isfinite(options.tol) && options.tol > 0.0, "spectrum: tol must be positive, got ",
            options.tol);
    const bool chooses = options.method == SteadyMethod::automatic;
    const double size = static_cast<double>(map.size());
    const bool fits = 9.0 * sizeof(double) * size * size <= options.max_bytes;
    const bool small = (map.levels() <= diagonalised_levels && fits) || k >= map.size() / 2;
    // Without dissipation there is nothing to invert.
    bool direct = options.method == SteadyMethod::direct || (chooses && small) || k >= map.size() - 4 ||
                  map.rate() == 0.0;
    std::optional<Modes> modes;
    if (!direct) try {
            modes = by_any(map, k, options);
            require(modes || chooses,
                    "spectrum: the iterative method needs an equation whose secular part or decay K is "
                    "known; use "
                    "method \"direct\"");
        } catch (const ConvergenceError&) {
            if (!chooses || !fits || map.levels() > dense_spectrum_levels) throw;
        }
    direct = !modes;
    if (direct) modes = steady::all_modes(map, options.max_bytes);
    const Modes& found = *modes;
    RealVector zero = RealVector::Constant(found.values.size(), found.zero);
    if (!direct) zero = zero.cwiseMax(map.rounding() * own_rates(map, found.vectors));
    Spectrum out;
    out.complete = direct;
    out.gap = std::numeric_limits<double>::quiet_NaN();
    for (Index c = 0; c < found.values.size(); ++c) {
        const Complex value = found.values[c];
        if (std::abs(value) > zero[c] && !(out.gap <= -value.real())) out.gap = -value.real();
    }
    const std::vector<Index> order = by_distance(found.values);
    for (Index i = 0; i < k; ++i) {
        const Index c = order[static_cast<std::size_t>(i)];
        out.eigenvalues.push_back(found.values[c]);
        ComplexMatrix mode = map.unpack(found.vectors.col(c).real()) +
                             Complex(0.0, 1.0) * map.unpack(found.vectors.col(c).imag());
        out.modes.push_back(mode / mode.norm());
    }
    out.applications = map.applications();
    return out;
}

}  // namespace redfield
