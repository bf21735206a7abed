#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <sstream>

#include "linalg/memory.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "redfield/steady/steady_state.hpp"
#include "steady/arnoldi.hpp"
#include "steady/frequency_blocks.hpp"
#include "steady/gmres.hpp"
#include "steady/judgement.hpp"
#include "steady/secular_inverse.hpp"

namespace redfield {

using steady::Modes;
using steady::PackedMap;

namespace {

/// Levels up to which a dense N²×N² matrix is diagonalised.
constexpr Index diagonalised_levels = 16;
/// Levels up to which "automatic" does so where GMRES stagnates.
constexpr Index dense_spectrum_levels = 48;

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

/// A σ > 0 that is small against the k slowest modes, as the secular populations tell them.
double shift_for(const PackedMap& map, const equation::SecularRates& rates, Index k) {
    std::vector<double> slow;
    const Eigen::VectorXcd values = Eigen::EigenSolver<RealMatrix>(rates.population, false).eigenvalues();
    for (const Complex value : values) slow.push_back(std::abs(value));
    std::sort(slow.begin(), slow.end());
    const std::size_t last = std::min(slow.size() - 1, static_cast<std::size_t>(k));
    return std::max(0.3 * slow[last], 1e-9 * map.rate());
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
Modes shift_inverted(PackedMap& map, Index k, double tol, double max_bytes) {
    const steady::SecularPart secular(map, max_bytes);
    const double sigma = shift_for(map, secular.rates(), k);
    // In units of each element's own rate, as the steady state is solved.
    steady::Bordered system(map);
    const auto inverse = system.preconditioner(steady::preconditioner(map, secular, sigma, 0.0));
    const steady::LinearMap shifted = [&](const RealVector& x, RealVector& out) {
        system.stationarity(x, out);
        out -= sigma * x.cwiseQuotient(system.scale());
    };
    RealMatrix basis(map.size(), 0);
    const steady::LinearMap inverted = [&](const RealVector& x, RealVector& out) {
        const steady::Solution solution = steady::gmres(
            shifted, inverse, (x - basis * (basis.transpose() * x)).cwiseQuotient(system.scale()),
            0.01 * tol);
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
                    std::max(map.rounding(), tol) * map.rate()};
    }
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
    const bool has_secular = generator.system() != nullptr || generator.pair_equation() != nullptr;
    const bool small = (map.levels() <= diagonalised_levels && fits) || k >= map.size() / 2;
    // Without dissipation there is nothing to invert.
    bool direct = options.method == SteadyMethod::direct || (chooses && (small || !has_secular)) ||
                  k >= map.size() - 4 || map.rate() == 0.0;
    Modes found;
    if (!direct) try {
            linalg::require_bytes(sizeof(double) * size * (steady::gmres_restart + 8), options.max_bytes,
                                  "use fewer levels", "a Krylov space of ", map.size(),
                                  "-dimensional vectors");
            found = shift_inverted(map, k, options.tol, options.max_bytes);
        } catch (const ConvergenceError&) {
            if (!chooses || !fits || map.levels() > dense_spectrum_levels) throw;
            direct = true;
        }
    if (direct) found = steady::all_modes(map, options.max_bytes);
    const double zero = found.zero;
    Spectrum out;
    out.complete = direct;
    out.gap = std::numeric_limits<double>::quiet_NaN();
    for (const Complex value : found.values)
        if (std::abs(value) > zero && !(out.gap <= -value.real())) out.gap = -value.real();
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
