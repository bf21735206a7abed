#include "redfield/steady/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"
#include "steady/chain.hpp"
#include "steady/closed.hpp"
#include "steady/judgement.hpp"
#include "steady/projection.hpp"
#include "steady/routes.hpp"

namespace redfield {

using steady::Bordered;
using steady::Found;
using steady::PackedMap;

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

std::vector<ComplexMatrix> unpacked(const PackedMap& map, const std::vector<RealVector>& vectors) {
    std::vector<ComplexMatrix> out;
    out.reserve(vectors.size());
    for (const auto& v : vectors) out.push_back(map.unpack(v));
    return out;
}

RealVector diagonal(const RealVector& p) {
    const Index n = p.size();
    RealVector out = RealVector::Zero(n * n);
    for (Index k = 0; k < n; ++k) out[k * (n + 1)] = p[k];
    return out;
}

SteadyState told(PackedMap& map, const Found& found, double tol) {
    if (!found.state.allFinite())
        throw ConvergenceError("steady_state: the state is not finite; evolve for a long time instead");
    const double residual = map.residual(found.state);
    const double allowed = std::max(tol, map.rounding()) * map.fastest();
    if (!(residual <= allowed)) {
        std::ostringstream text;
        text << "steady_state: the residual is " << residual << ", above tol times the fastest rate, "
             << allowed << "; loosen tol, or try method=\"direct\"";
        throw ConvergenceError(text.str());
    }
    return {
        map.unpack(found.state), residual, map.applications(), found.method, found.unique, found.error};
}

/// What an option that is no method of a closed form is told as.
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
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    if (const auto closed = steady::Closed::of(map)) {
        std::vector<ComplexMatrix> basis = closed->basis(std::min(options.max_bytes, basis_bytes));
        if (closed->count() == 1) return told(map, {diagonal(RealVector::Ones(1))}, options.tol);
        if (basis.empty()) throw MultipleSteadyStates(closed->count());
        for (ComplexMatrix& x : basis) x = map.in_given_basis(x);
        throw MultipleSteadyStates(std::move(basis));
    }
    if (const auto chain = steady::chain_of(map, options.max_bytes)) {
        const RealMatrix& states = chain->late.distributions;
        std::vector<RealVector> all;
        for (Index c = 0; c < states.cols(); ++c) all.push_back(diagonal(states.col(c)));
        if (all.size() == 1)
            return told(map, {all.front(), chain->error, true, named(options.method)}, options.tol);
        for (RealVector& v : all) v.normalize();
        throw MultipleSteadyStates(unpacked(map, all));
    }
    Bordered system(map);
    const Found found = steady::solved(system, options);
    if (!found.several.empty()) throw MultipleSteadyStates(unpacked(map, found.several));
    return told(map, found, options.tol);
}

SteadyState steady_state(const Generator& generator, const ComplexMatrix& rho0,
                         const SteadyOptions& options) {
    check(options);
    const Index n = generator.dimension();
    require(rho0.rows() == n && rho0.cols() == n, "steady_state: rho0 is ", rho0.rows(), " x ",
            rho0.cols(), ", the system has ", n, " levels");
    require(rho0.allFinite(), "steady_state: rho0 has an entry that is not finite");
    require((rho0 - rho0.adjoint()).norm() <= 1e-8 * rho0.norm(), "steady_state: rho0 is not Hermitian");
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    const RealVector start = map.packed(rho0);
    if (const auto closed = steady::Closed::of(map)) {
        const ComplexMatrix inner =
            redfield::unpack(RealMatrix(Eigen::Map<const RealMatrix>(start.data(), n, n)));
        const RealMatrix late = pack(closed->mean(inner));
        return told(map,
                    {Eigen::Map<const RealVector>(late.data(), late.size()), map.rounding(),
                     closed->count() == 1, named(options.method)},
                    options.tol);
    }
    if (const auto chain = steady::chain_of(map, options.max_bytes)) {
        RealVector p(n);
        for (Index k = 0; k < n; ++k) p[k] = start[k * (n + 1)];
        const RealVector late = chain->late.distributions * (chain->late.absorption * p);
        return told(
            map,
            {diagonal(late), chain->error, chain->late.distributions.cols() == 1, named(options.method)},
            options.tol);
    }
    Bordered system(map);
    Found found = steady::solved(system, options);
    if (found.several.empty()) {
        found.state *= map.trace(start);
        return told(map, found, options.tol);
    }
    const steady::Projected late =
        steady::projected(system, steady::shifted(system, found, options), found.several, start);
    return told(map, {late.state, late.error, false, found.method}, options.tol);
}

}  // namespace redfield
