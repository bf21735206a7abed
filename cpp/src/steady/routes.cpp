#include "steady/routes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "linalg/memory.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "steady/dense_lu.hpp"
#include "steady/gmres.hpp"
#include "steady/null_space.hpp"

namespace redfield::steady {

namespace {

/// Levels up to which the null space of a dense N²×N² matrix is the quickest.
constexpr Index null_space_levels = 7;
/// The same with so few couplings that the matrix is made in no time.
constexpr Index null_space_levels_of_few = 8;
constexpr Index few = 2;
/// Levels up to which it is taken where GMRES stagnates with every inverse.
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

Found by_gmres(Bordered& system, std::shared_ptr<Inverse> inverse, const SteadyOptions& options) {
    const Preconditioner precondition = system.preconditioner(inverse->bordered(system.weight()));
    const Solver solve = [&](const RealVector& y, double rtol) {
        return gmres(std::ref(system), precondition, y, std::max(rtol, 1e-15),
                     [](double fraction) { linalg::poll(fraction); });
    };
    Found out = of(judged(system, solve, options.tol), inverse->method());
    out.inverse = std::move(inverse);
    return out;
}

/// Fills `several` of a state not shown to be the only one, where GMRES finds others.
void look_for_others(Bordered& system, Found& found) {
    NullSpace space = null_space(system, found.inverse->on_range(), found.state);
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

/// What the first inverse finds that shows how many there are; else what the last finds, the error of the
/// last where none finds any, and nothing where there is no inverse.
std::optional<Found> by_inverses(Bordered& system, const SteadyOptions& options,
                                 std::optional<ConvergenceError>& failure) {
    Inverses inverses(system.map(), options);
    std::optional<Found> out;
    while (auto inverse = inverses.next()) {
        try {
            Found found = by_gmres(system, std::move(inverse), options);
            if (!found.unique || found.error > told_apart) {
                found.unique = false;
                look_for_others(system, found);
            }
            out = std::move(found);
            if (out->unique || !out->several.empty()) return out;
        } catch (const ConvergenceError& error) {
            failure = error;
        }
    }
    return out;
}

/// GMRES has a state, but whether it is the only one, and with it its error, can not be told.
ConvergenceError not_told(const PackedMap& map, bool dense_may) {
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

Found solved(Bordered& system, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const auto size = static_cast<double>(map.size());
    const bool fits = 4.0 * sizeof(double) * size * size <= options.max_bytes;
    const bool chooses = options.method == SteadyMethod::automatic;
    const bool dense = options.method == SteadyMethod::direct || (chooses && fits);
    if (dense && null_space_is_quickest(map.generator())) return from_dense(system, options);
    std::optional<ConvergenceError> failure;
    std::optional<Found> found = by_inverses(system, options, failure);
    if (found && (found->unique || !found->several.empty())) return *found;
    const bool nothing_else = !found && !failure;
    if (dense && (nothing_else || (fits && map.levels() <= dense_null_space_levels)))
        return from_dense(system, options);
    if (found) throw not_told(map, fits && options.method == SteadyMethod::iterative);
    if (failure) throw *failure;
    require(options.method != SteadyMethod::iterative,
            "steady_state: the iterative method needs an equation whose secular part or decay K is "
            "known; use "
            "method \"direct\"");
    linalg::require_bytes(4.0 * sizeof(double) * size * size, options.max_bytes,
                          "evolve for a long time instead", "the dense matrix of ", map.levels(),
                          " levels");
    return from_dense(system, options);
}

std::function<ShiftedSolver(double)> shifted(Bordered& system, const Found& found,
                                             const SteadyOptions& options) {
    PackedMap& map = system.map();
    const auto residual = [&system](double sigma, const RealVector& x, RealVector& out) {
        system.stationarity(x, out);
        out = sigma * x.cwiseQuotient(system.scale()) - out;
    };
    if (!found.inverse) {
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
    return [&system, inverse = found.inverse, residual](double sigma) -> ShiftedSolver {
        const Preconditioner precondition = system.preconditioner(inverse->shifted(sigma));
        return [precondition, residual, sigma](const RealVector& y) {
            const auto minus = [&](const RealVector& x, RealVector& out) {
                residual(sigma, x, out);
                out = -out;
            };
            Solution out = gmres(minus, precondition, y, 1e-12);
            out.x = -out.x;
            return out;
        };
    };
}

}  // namespace redfield::steady
