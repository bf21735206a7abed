#include "redfield/steady/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/chain.hpp"
#include "steady/closed.hpp"
#include "steady/judgement.hpp"
#include "steady/projection.hpp"
#include "steady/routes.hpp"

namespace redfield {

using steady::Bordered;
using steady::PackedMap;
using steady::SteadySolution;

namespace {

/// Bytes that a basis of several steady states may take.
constexpr double basis_bytes = 2.5e8;

std::string several(Index count) {
    std::ostringstream text;
    text
        << "there are " << count
        << " steady states; .states of this exception has a basis of them where it fits. A symmetry of H "
           "and all couplings, or levels that no bath reaches, conserve something: solve in one sector, "
           "or give steady_state the initial state you have as rho0";
    return text.str();
}

/// The columns of `vectors`, packed states, in the basis H was given in.
std::vector<ComplexMatrix> unpacked(const PackedMap& map, const RealMatrix& vectors) {
    std::vector<ComplexMatrix> out;
    out.reserve(static_cast<std::size_t>(vectors.cols()));
    for (Index c = 0; c < vectors.cols(); ++c) out.push_back(map.unpack(vectors.col(c)));
    return out;
}

/// Diagonal packed states of the columns p (N, C) of populations, as columns (N², C).
RealMatrix diagonal(const RealMatrix& p) {
    const Index n = p.rows();
    RealMatrix out = RealMatrix::Zero(n * n, p.cols());
    for (Index k = 0; k < n; ++k) out.row(k * (n + 1)) = p.row(k);
    return out;
}

/// The answer, its residual checked.
SteadyState answer(PackedMap& map, const SteadySolution& solution, double tol) {
    if (!solution.state.allFinite())
        throw ConvergenceError("steady_state: the state is not finite; evolve for a long time instead");
    const double residual = map.residual(solution.state);
    const double allowed = std::max(tol, map.rounding()) * map.fastest();
    if (!(residual <= allowed)) {
        std::ostringstream text;
        text << "steady_state: the residual is " << residual << ", above tol times the fastest rate, "
             << allowed << "; loosen tol, or try method=\"direct\"";
        throw ConvergenceError(text.str());
    }
    return {map.unpack(solution.state),
            residual,
            map.applications(),
            solution.method,
            solution.unique,
            solution.error};
}

/// The method that the answer of a closed form names.
SteadyMethod named(SteadyMethod method) {
    return method == SteadyMethod::automatic ? SteadyMethod::direct : method;
}

void check(const SteadyOptions& options) {
    require(std::isfinite(options.tol) && options.tol > 0.0, "steady_state: tol must be positive, got ",
            options.tol);
}

}  // namespace

MultipleSteadyStates::MultipleSteadyStates(std::vector<ComplexMatrix> basis)
    : std::runtime_error(several(static_cast<Index>(basis.size()))),
      count_(static_cast<Index>(basis.size())),
      states_(std::move(basis)) {}

MultipleSteadyStates::MultipleSteadyStates(Index count)
    : std::runtime_error(several(count)), count_(count) {}

SteadyState steady_state(const Generator& generator, const SteadyOptions& options) {
    check(options);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    if (const auto closed = steady::Closed::of(map)) {
        std::vector<ComplexMatrix> basis = closed->basis(std::min(options.max_bytes, basis_bytes));
        if (closed->count() == 1) return answer(map, {RealVector::Ones(1)}, options.tol);
        if (basis.empty()) throw MultipleSteadyStates(closed->count());
        for (ComplexMatrix& x : basis) x = map.in_given_basis(x);
        throw MultipleSteadyStates(std::move(basis));
    }
    if (const auto chain = steady::chain_of(map, options.max_bytes)) {
        RealMatrix states = diagonal(chain->late.distributions);
        if (states.cols() == 1)
            return answer(map, {states, chain->error, true, named(options.method)}, options.tol);
        states.colwise().normalize();
        throw MultipleSteadyStates(unpacked(map, states));
    }
    Bordered system(map);
    const SteadySolution solution = steady::solve(system, options);
    if (solution.several.size() > 0) throw MultipleSteadyStates(unpacked(map, solution.several));
    return answer(map, solution, options.tol);
}

SteadyState steady_state(const Generator& generator, const ComplexMatrix& rho0,
                         const SteadyOptions& options) {
    check(options);
    const Index n = generator.dimension();
    require(rho0.rows() == n && rho0.cols() == n, "steady_state: rho0 is ", rho0.rows(), " x ",
            rho0.cols(), ", the system has ", n, " levels");
    require(rho0.allFinite(), "steady_state: rho0 has an entry that is not finite");
    require((rho0 - rho0.adjoint()).norm() <= 1e-8 * rho0.norm(), "steady_state: rho0 is not Hermitian");
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    const RealVector start = map.packed(rho0);
    if (const auto closed = steady::Closed::of(map)) {
        const RealVector late =
            pack(closed->mean(redfield::unpack(RealMatrix(start.reshaped(n, n))))).reshaped();
        return answer(map, {late, map.rounding(), closed->count() == 1, named(options.method)},
                      options.tol);
    }
    if (const auto chain = steady::chain_of(map, options.max_bytes)) {
        const RealVector p = start(Eigen::seqN(0, n, n + 1));
        const RealVector late = chain->late.distributions * (chain->late.absorption * p);
        return answer(
            map,
            {diagonal(late), chain->error, chain->late.distributions.cols() == 1, named(options.method)},
            options.tol);
    }
    Bordered system(map);
    SteadySolution solution = steady::solve(system, options);
    if (solution.several.size() == 0) {
        solution.state *= map.trace(start);
        return answer(map, solution, options.tol);
    }
    const steady::Projected late = steady::projected(
        system, steady::shifted_solver(system, solution, options), solution.several, start);
    return answer(map, {late.state, late.error, false, solution.method}, options.tol);
}

}  // namespace redfield
