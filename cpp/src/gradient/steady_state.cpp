#include "redfield/gradient/steady_state.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <sstream>

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/dense_lu.hpp"
#include "steady/inverses.hpp"
#include "steady/judgement.hpp"

namespace redfield {

namespace {

using steady::Bordered;
using steady::PackedMap;
using steady::Solution;

/// Levels up to which the LU of the dense matrix is the quickest.
constexpr Index levels_of_lu = 7;
/// Levels up to which it is taken where GMRES stagnates with every inverse.
constexpr Index levels_of_last_lu = 48;
/// The relative residual beyond which there is no answer.
constexpr double usable = 1e-7;

Solution by_lu(Bordered& system, const RealVector& right, double max_bytes) {
    const steady::DenseLu lu(system.bordered(system.scaled(system.map().matrix(4.0, max_bytes))));
    Solution out{lu.solve(right), std::numeric_limits<double>::infinity()};
    RealVector rest(right.size());
    for (int i = 0; i < 2 && out.x.allFinite(); ++i) {
        system(out.x, rest);
        rest = right - rest;
        out.residual = rest.norm() / right.norm();
        if (i == 0) out.x += lu.solve(rest);
    }
    return out;
}

Solution solved(Bordered& system, const RealVector& right, const SteadyOptions& options) {
    PackedMap& map = system.map();
    const double size = static_cast<double>(map.size());
    const bool fits = 4.0 * sizeof(double) * size * size <= options.max_bytes;
    if (fits && (map.levels() <= levels_of_lu || options.method == SteadyMethod::direct))
        return by_lu(system, right, options.max_bytes);
    const double tol = std::max(options.tol, map.rounding());
    linalg::GmresOptions limits;
    limits.progress = [](double fraction) { base::poll(fraction); };
    steady::Inverses inverses(map, steady::InverseChoice::cheapest, options.max_bytes);
    std::optional<Solution> best;
    while (const auto inverse = inverses.next()) {
        const auto precondition = system.preconditioner(inverse->at(0.0, system.weight()));
        Solution found = linalg::gmres<double>(std::ref(system), precondition, right, tol, limits);
        if (!found.x.allFinite()) continue;
        if (!best || found.residual < best->residual) best = std::move(found);
        if (best->residual <= tol) return *best;
    }
    const bool last = fits && map.levels() <= levels_of_last_lu;
    if ((!best || best->residual > usable) && last) return by_lu(system, right, options.max_bytes);
    if (!best)
        throw ConvergenceError("gradient: nothing inverts the adjoint equation; use method=\"direct\"");
    return *best;
}

void check(const ComplexMatrix& matrix, Index n, const char* name) {
    require(matrix.rows() == n && matrix.cols() == n, "gradient: ", name, " is ", matrix.rows(), " x ",
            matrix.cols(), ", the system has ", n, " levels");
    require(matrix.allFinite(), "gradient: ", name, " has an entry that is not finite");
    require((matrix - matrix.adjoint()).norm() <= 1e-8 * matrix.norm(), "gradient: ", name,
            " is not Hermitian");
}

}  // namespace

AdjointState adjoint_state(const Generator& generator, const ComplexMatrix& rho,
                           const ComplexMatrix& observable, const SteadyOptions& options) {
    const Index n = generator.dimension();
    check(rho, n, "the steady state");
    check(observable, n, "observable");
    require(options.tol > 0.0, "gradient: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const double mean = rho.cwiseProduct(observable.transpose()).sum().real() / rho.trace().real();
    ComplexMatrix right = observable.transpose();
    right.diagonal().array() -= mean;
    if (right.norm() <= 1e-15 * observable.norm()) return {ComplexMatrix::Zero(n, n), 0.0, 0};
    const auto adjoint = generator.adjoint(options.max_bytes);
    PackedMap map(*adjoint, options.threads, &generator);
    Bordered system(map);
    const RealVector packed = map.packed(right).cwiseQuotient(system.scale());
    const Solution found = solved(system, packed, options);
    if (!(found.residual <= usable)) {
        std::ostringstream text;
        text << "gradient: the adjoint equation is solved to a relative residual of " << found.residual
             << " alone; the steady state may not be the only one. Try method=\"direct\"";
        throw ConvergenceError(text.str());
    }
    return {map.unpack(found.x).transpose(), found.residual, map.applications()};
}

AdjointState add_gradient(const Generator& generator, Sensitivity& sensitivity, const ComplexMatrix& rho,
                          const ComplexMatrix& observable, const SteadyOptions& options) {
    AdjointState out = adjoint_state(generator, rho, observable, options);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const Eigensystem& eigensystem = generator.eigensystem();
    const auto inside = [&](const ComplexMatrix& x) {
        return generator.frame() == Frame::given ? x : eigensystem.to_eigenbasis(x);
    };
    sensitivity.add(inside(rho), inside(out.y), -1.0);
    return out;
}

}  // namespace redfield
