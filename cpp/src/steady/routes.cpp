#include "steady/routes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <sstream>
#include <utility>

#include "linalg/memory.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "steady/dense_lu.hpp"
#include "steady/gmres.hpp"
#include "steady/null_space.hpp"
#include "steady/secular_inverse.hpp"
#include "steady/sparse_lu.hpp"

namespace redfield::steady {

namespace {

/// Levels up to which the null space of a dense N²×N² matrix is the quickest.
constexpr Index null_space_levels = 7;
/// The same with so few couplings that the matrix is made in no time.
constexpr Index null_space_levels_of_few = 8;
constexpr Index few = 2;
/// Levels up to which "automatic" takes it where GMRES stagnates, as far from the secular part.
constexpr Index dense_null_space_levels = 48;
/// Estimated error beyond which the dense matrix is searched for more steady states than one.
constexpr double doubtful = 1e-4;
/// Pivots below N times this are zero, of a matrix in units of each element's rate.
constexpr double zero_pivot = 16.0 * std::numeric_limits<double>::epsilon();
/// Non-zeros a matrix element up to which the sparse LU of an assembled equation is quicker.
constexpr double sparse_fill = 20.0;

bool null_space_is_quickest(const Generator& generator) {
    const bool sums_few = generator.pair_equation() != nullptr && generator.stored_entries() > 1e300 &&
                          count(generator.system()->couplings()) <= few;
    return generator.dimension() <= (sums_few ? null_space_levels_of_few : null_space_levels);
}

Found of(Judged judged, SteadyMethod method) {
    return {std::move(judged.state), judged.error, judged.unique, method};
}

Solution by_lu(Bordered& system, const DenseLu& lu, const RealVector& y) {
    RealVector x = lu.solve(y), image(y.size());
    if (!x.allFinite()) return {std::move(x), std::numeric_limits<double>::infinity()};
    system(x, image);
    return {std::move(x), (image - y).norm() / y.norm()};
}

Found from_dense(Bordered& system, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const RealMatrix scaled = system.scaled(map.matrix(4.0, options.max_bytes));
    Judged found{RealVector(), std::numeric_limits<double>::infinity(), false};
    {
        const DenseLu lu(system.bordered(scaled));
        try {
            found = judged(
                system, [&](const RealVector& y, double) { return by_lu(system, lu, y); }, options.tol);
        } catch (const ConvergenceError&) {  // nothing but a singular matrix: counted below
        }
    }
    if (found.unique && found.error <= doubtful) return of(std::move(found), SteadyMethod::direct);
    const RealMatrix vectors = null_space(scaled, zero_pivot * static_cast<double>(map.levels()));
    if (vectors.cols() > 1) {
        Found out;
        for (Index c = 0; c < vectors.cols(); ++c) out.several.emplace_back(vectors.col(c));
        return out;
    }
    if (!(found.error <= told_apart))
        throw ConvergenceError(
            "steady_state: a mode decays so much more slowly than the fastest that rounding does not "
            "tell "
            "it from a steady state; treat what is slow on its own, or evolve for a long time");
    found.unique = true;
    return of(std::move(found), SteadyMethod::direct);
}

Found by_sparse_lu(Bordered& system, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const SparseInverse inverse(map, system.weight(), options.max_bytes);
    const Solver solve = [&](const RealVector& y, double rtol) {
        Solution out{RealVector::Zero(y.size()), 1.0};
        RealVector rest = y, correction, image;
        for (int i = 0; i < 4 && out.residual > std::min(rtol, 1e-12); ++i) {
            // The touch of damping leaves an error of its own size.
            inverse.apply(RealVector(rest.cwiseProduct(system.scale())), correction);
            out.x += correction;
            system(out.x, image);
            rest = y - image;
            const double before = out.residual;
            out.residual = rest.norm() / y.norm();
            if (!(out.residual < 0.5 * before)) break;
        }
        return out;
    };
    return of(judged(system, solve, options.tol), SteadyMethod::direct);
}

Found by_gmres(Bordered& system, const SecularPart& secular, const SteadyOptions& options) {
    const auto inverse =
        system.preconditioner(preconditioner(system.map(), secular, 0.0, system.weight()));
    const Solver solve = [&](const RealVector& y, double rtol) {
        return gmres(std::ref(system), inverse, y, std::max(rtol, 1e-15),
                     [](double fraction) { linalg::poll(fraction); });
    };
    return of(judged(system, solve, options.tol), SteadyMethod::iterative);
}

/// Fills `several` of a state not shown to be the only one, where GMRES finds others; it is the only one
/// to rounding where GMRES shows that.
void look_for_others(Bordered& system, const SecularPart& secular, Found& found) {
    const auto inverse = preconditioner(system.map(), secular, null_space_damping * system.weight(), 0.0);
    NullSpace space = null_space(system, inverse, found.state);
    if (space.basis.size() > 1 && !space.whole) {
        std::ostringstream text;
        text
            << "steady_state: GMRES finds " << space.basis.size()
            << " steady states and can not tell whether there are more; use method=\"direct\", or evolve "
               "for a long time";
        throw ConvergenceError(text.str());
    }
    if (space.basis.size() > 1) found.several = std::move(space.basis);
}

}  // namespace

Found solved(Bordered& system, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const Generator& generator = map.generator();
    const double n2 = static_cast<double>(map.size());
    const bool sparse = generator.stored_entries() <= sparse_fill * n2;
    const bool chooses = options.method == SteadyMethod::automatic;
    const bool fits = 4.0 * sizeof(double) * n2 * n2 <= options.max_bytes;
    const bool has_secular = generator.system() != nullptr || generator.pair_equation() != nullptr;
    SteadyMethod method = options.method;
    if (chooses)
        method = (null_space_is_quickest(generator) && fits) || sparse || !has_secular
                     ? SteadyMethod::direct
                     : SteadyMethod::iterative;
    if (method == SteadyMethod::direct && (!sparse || null_space_is_quickest(generator)))
        return from_dense(system, options);
    try {
        linalg::require_bytes(sizeof(double) * n2 * (gmres_restart + 8), options.max_bytes,
                              "evolve for a long time instead", "a Krylov space of ", map.size(),
                              "-dimensional vectors");
        const SecularPart secular(map, options.max_bytes);
        Found found = method == SteadyMethod::direct ? by_sparse_lu(system, options)
                                                     : by_gmres(system, secular, options);
        if (!found.unique || found.error > told_apart) {
            found.unique = false;
            look_for_others(system, secular, found);
        }
        if (found.several.empty() && !found.unique && chooses)
            throw ConvergenceError("steady_state: GMRES can not tell how many there are");
        return found;
    } catch (const ConvergenceError&) {
        if (!chooses || !fits || map.levels() > dense_null_space_levels) throw;
        return from_dense(system, options);
    }
}

std::function<ShiftedSolver(double)> shifted(Bordered& system, const Found& found,
                                             const SteadyOptions& options) {
    PackedMap& map = system.map();
    const auto residual = [&system](double sigma, const RealVector& x, RealVector& out) {
        system.stationarity(x, out);
        out = sigma * x.cwiseQuotient(system.scale()) - out;
    };
    if (found.method == SteadyMethod::direct && map.levels() <= dense_null_space_levels) {
        auto scaled =
            std::make_shared<const RealMatrix>(system.scaled(map.matrix(4.0, options.max_bytes)));
        return [&system, scaled, residual](double sigma) -> ShiftedSolver {
            RealMatrix matrix = -*scaled;
            matrix.diagonal() += sigma * system.scale().cwiseInverse();
            auto lu = std::make_shared<const DenseLu>(std::move(matrix));
            return [lu, residual, sigma](const RealVector& y) {
                Solution out{lu->solve(y), 0.0};
                RealVector image(y.size());
                residual(sigma, out.x, image);
                out.residual = (image - y).norm() / y.norm();
                return out;
            };
        };
    }
    auto secular = std::make_shared<const SecularPart>(map, options.max_bytes);
    return [&system, secular, residual](double sigma) -> ShiftedSolver {
        const auto inverse = system.preconditioner(preconditioner(system.map(), *secular, sigma, 0.0));
        return [inverse, residual, sigma](const RealVector& y) {
            const auto minus = [&](const RealVector& x, RealVector& out) {
                residual(sigma, x, out);
                out = -out;
            };
            Solution out = gmres(minus, inverse, y, 1e-12);
            out.x = -out.x;
            return out;
        };
    };
}

}  // namespace redfield::steady
