#include "steady/routes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "base/memory.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "steady/dense_lu.hpp"
#include "steady/null_space.hpp"

namespace redfield::steady {

namespace {

/// Levels up to which the null space of a dense N²×N² matrix is the quickest.
constexpr Index null_space_levels = 7;
/// Levels up to which it is with so few couplings that the matrix is made in no time.
constexpr Index null_space_levels_of_few = 8;
constexpr Index few = 2;
/// Levels up to which the dense matrix is taken where GMRES stagnates with every inverse.
constexpr Index dense_null_space_levels = 48;
/// Estimated error beyond which the dense matrix is searched for more steady states than one.
constexpr double doubtful = 1e-4;
/// Pivots below N times this are zero, of a matrix in units of each element's rate.
constexpr double zero_pivot = 16.0 * std::numeric_limits<double>::epsilon();

bool null_space_is_quickest(const Generator& generator) {
    const bool sums_few = generator.pair_equation() != nullptr && generator.stored_entries() > 1e300 &&
                          count(generator.system()->couplings()) <= few;
    return generator.dimension() <= (sums_few ? null_space_levels_of_few : null_space_levels);
}

SteadySolution as_solution(Judged judged, SteadyMethod method) {
    return {std::move(judged.state), judged.error, judged.unique, method};
}

Solution solve_by_lu(Bordered& system, const DenseLu& lu, const RealVector& y) {
    RealVector x = lu.solve(y), image(y.size());
    if (!x.allFinite()) return {std::move(x), std::numeric_limits<double>::infinity()};
    system(x, image);
    return {std::move(x), (image - y).norm() / y.norm()};
}

SteadySolution solve_dense(Bordered& system, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const RealMatrix scaled = system.scaled(map.matrix(4.0, options.max_bytes));
    Judged by_lu{RealVector(), std::numeric_limits<double>::infinity(), false};
    {
        const DenseLu lu(system.bordered(scaled));
        try {
            by_lu = judged(
                system, [&](const RealVector& y, double) { return solve_by_lu(system, lu, y); },
                options.tol);
        } catch (const ConvergenceError&) {  // nothing but a singular matrix: counted below
        }
    }
    if (by_lu.unique && by_lu.error <= doubtful)
        return as_solution(std::move(by_lu), SteadyMethod::direct);
    RealMatrix vectors = null_space(scaled, zero_pivot * static_cast<double>(map.levels()));
    if (vectors.cols() > 1) {
        SteadySolution out;
        out.several = std::move(vectors);
        return out;
    }
    if (!(by_lu.error <= distinguished))
        throw ConvergenceError(
            "steady_state: a mode decays so much more slowly than the fastest that rounding does not "
            "tell "
            "it from a steady state; treat what is slow on its own, or evolve for a long time");
    by_lu.unique = true;
    return as_solution(std::move(by_lu), SteadyMethod::direct);
}

/// The basis of several steady states, where GMRES finds others beside one not shown to be the only one;
/// else empty.
RealMatrix several_beside(Bordered& system, const SteadySolution& one) {
    const Inverse& inverse = *one.inverse;
    NullSpace space = null_space(system, inverse.at(inverse.range_shift, 0.0), one.state);
    if (space.basis.cols() == 1) return {};
    if (!space.complete) {
        std::ostringstream text;
        text
            << "steady_state: GMRES finds " << space.basis.cols()
            << " steady states and can not tell whether there are more; use method=\"direct\", or evolve "
               "for a long time";
        throw ConvergenceError(text.str());
    }
    return std::move(space.basis);
}

SteadySolution solve_by_gmres(Bordered& system, Inverse inverse, const SteadyOptions& options) {
    const Preconditioner precondition = system.preconditioner(inverse.at(0.0, system.weight()));
    linalg::GmresOptions reporting;
    reporting.progress = [](double fraction) { base::poll(fraction); };
    const Solver solver = [&](const RealVector& y, double rtol) {
        return linalg::gmres<double>(std::ref(system), precondition, y, std::max(rtol, 1e-15), reporting);
    };
    SteadySolution out = as_solution(judged(system, solver, options.tol),
                                     inverse.exact ? SteadyMethod::direct : SteadyMethod::iterative);
    out.inverse = std::move(inverse);
    if (out.unique && out.error <= distinguished) return out;
    out.unique = false;
    out.several = several_beside(system, out);
    return out;
}

bool is_counted(const SteadySolution& solution) { return solution.unique || solution.several.size() > 0; }

InverseChoice choice_of(SteadyMethod method) {
    switch (method) {
        case SteadyMethod::direct:
            return InverseChoice::factorisations;
        case SteadyMethod::iterative:
            return InverseChoice::iterations;
        case SteadyMethod::automatic:
            break;
    }
    return InverseChoice::cheapest;
}

/// The solution by the first inverse that shows how many there are; else by the last, the error of the
/// last where none has a solution, and nothing where there is no inverse.
std::optional<SteadySolution> solve_by_inverses(Bordered& system, const SteadyOptions& options,
                                                std::optional<ConvergenceError>& failure) {
    Inverses inverses(system.map(), choice_of(options.method), options.max_bytes);
    std::optional<SteadySolution> out;
    while (auto inverse = inverses.next()) {
        try {
            out = solve_by_gmres(system, std::move(*inverse), options);
            if (is_counted(*out)) return out;
        } catch (const ConvergenceError& error) {
            failure = error;
        }
    }
    return out;
}

/// GMRES has a state, but whether it is the only one, and with it its error, can not be told.
ConvergenceError not_counted(const PackedMap& map, bool dense_may) {
    std::ostringstream text;
    text
        << "steady_state: GMRES finds a state but can not tell whether it is the only one, as something "
           "decays much more slowly than the fastest rate or the equation is far from its secular part; ";
    if (dense_may && map.levels() <= dense_null_space_levels)
        text << "use method=\"direct\"";
    else
        text << "evolve for a long time instead";
    return ConvergenceError(text.str());
}

}  // namespace

SteadySolution solve(Bordered& system, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const auto size = static_cast<double>(map.size());
    const bool fits = 4.0 * sizeof(double) * size * size <= options.max_bytes;
    const bool chooses = options.method == SteadyMethod::automatic;
    const bool dense = options.method == SteadyMethod::direct || (chooses && fits);
    if (dense && null_space_is_quickest(map.generator())) return solve_dense(system, options);
    std::optional<ConvergenceError> failure;
    const std::optional<SteadySolution> solution = solve_by_inverses(system, options, failure);
    if (solution && is_counted(*solution)) return *solution;
    const bool nothing_else = !solution && !failure;
    if (dense && (nothing_else || (fits && map.levels() <= dense_null_space_levels)))
        return solve_dense(system, options);
    if (solution) throw not_counted(map, fits && options.method == SteadyMethod::iterative);
    if (failure) throw *failure;
    require(
        options.method != SteadyMethod::iterative,
        "steady_state: the iterative method needs an equation whose secular part or decay K is known; "
        "use method \"direct\"");
    base::require_bytes(4.0 * sizeof(double) * size * size, options.max_bytes,
                        "evolve for a long time instead", "the dense matrix of ", map.levels(),
                        " levels");
    return solve_dense(system, options);
}

std::function<ShiftedSolver(double)> shifted_solver(Bordered& system, const SteadySolution& solution,
                                                    const SteadyOptions& options) {
    /// out = (𝓛 − σ)x/s.
    const auto shifted = [&system](double sigma, const RealVector& x, RealVector& out) {
        system.stationarity(x, out);
        out -= sigma * x.cwiseQuotient(system.scale());
    };
    if (!solution.inverse) {
        auto scaled = std::make_shared<const RealMatrix>(
            system.scaled(system.map().matrix(4.0, options.max_bytes)));
        return [&system, scaled, shifted](double sigma) -> ShiftedSolver {
            RealMatrix matrix = *scaled;
            matrix.diagonal() -= sigma * system.scale().cwiseInverse();
            auto lu = std::make_shared<const DenseLu>(std::move(matrix));
            return [lu, shifted, sigma](const RealVector& y) {
                Solution out{-lu->solve(y), 0.0};
                RealVector image(y.size());
                shifted(sigma, out.x, image);
                out.residual = (image + y).norm() / y.norm();
                return out;
            };
        };
    }
    return [&system, inverse = *solution.inverse, shifted](double sigma) -> ShiftedSolver {
        const Preconditioner precondition = system.preconditioner(inverse.at(sigma, 0.0));
        return [precondition, shifted, sigma](const RealVector& y) {
            const auto map = [&](const RealVector& x, RealVector& out) { shifted(sigma, x, out); };
            Solution out = linalg::gmres<double>(map, precondition, y, 1e-12);
            out.x = -out.x;
            return out;
        };
    };
}

}  // namespace redfield::steady
