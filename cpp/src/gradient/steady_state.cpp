#include "redfield/gradient/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <utility>

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/gradient/tangent.hpp"
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

/// Bᵀy = right, or Bx = right, by the LU of the dense matrix.
Solution by_lu(const Generator& generator, const ComplexMatrix& right, bool adjoint, int threads,
               double max_bytes, long& applications) {
    PackedMap map(generator, threads);
    const Bordered system(map);
    RealMatrix matrix = system.bordered(system.scaled(map.matrix(4.0, max_bytes)));
    RealVector packed = map.packed(right);
    if (adjoint)
        matrix.transposeInPlace();
    else
        packed.array() /= system.scale().array();
    const steady::DenseLu lu(matrix);
    Solution out{lu.solve(packed), std::numeric_limits<double>::infinity()};
    for (int i = 0; i < 2 && out.x.allFinite(); ++i) {
        const RealVector rest = packed - matrix * out.x;
        out.residual = rest.norm() / packed.norm();
        if (i == 0) out.x += lu.solve(rest);
    }
    if (adjoint) out.x.array() /= system.scale().array();
    applications = map.applications();
    return out;
}

/// By GMRES with the inverse that serves best; nothing where there is none.
std::optional<Solution> by_gmres(Bordered& system, const RealVector& right,
                                 const SteadyOptions& options) {
    const double tol = std::max(options.tol, system.map().rounding());
    linalg::GmresOptions reporting;
    reporting.progress = [](double fraction) { base::poll(fraction); };
    steady::Inverses inverses(system.map(), steady::InverseChoice::cheapest, options.max_bytes);
    std::optional<Solution> best;
    while (const auto inverse = inverses.next()) {
        const auto precondition = system.preconditioner(inverse->at(0.0, system.weight()));
        Solution found = linalg::gmres<double>(std::ref(system), precondition, right, tol, reporting);
        if (!found.x.allFinite()) continue;
        if (!best || found.residual < best->residual) best = std::move(found);
        if (best->residual <= tol) break;
    }
    return best;
}

/// A solution in the basis H was given in.
struct Solved {
    ComplexMatrix y;
    double residual = std::numeric_limits<double>::infinity();
    long applications = 0;
};

Solved solved(const Generator& generator, const ComplexMatrix& right, bool is_adjoint,
              const SteadyOptions& options) {
    const Index n = generator.dimension();
    const double bytes = 4.0 * sizeof(double) * std::pow(static_cast<double>(n), 4.0);
    const bool fits = bytes <= options.max_bytes;
    const auto direct = [&] {
        Solved out;
        const Solution found =
            by_lu(generator, right, is_adjoint, options.threads, options.max_bytes, out.applications);
        out.residual = found.residual;
        out.y = PackedMap(generator, options.threads).unpack(found.x);
        return out;
    };
    if (options.method == SteadyMethod::direct || (fits && n <= levels_of_lu)) return direct();
    // Of the adjoint, operators are the transposed ones.
    const auto adjoint = is_adjoint ? generator.adjoint(options.max_bytes) : nullptr;
    PackedMap map(is_adjoint ? *adjoint : generator, options.threads, is_adjoint ? &generator : nullptr);
    Bordered system(map);
    const auto turned = [&](const ComplexMatrix& x) -> ComplexMatrix {
        return is_adjoint ? ComplexMatrix(x.transpose()) : x;
    };
    const RealVector packed = map.packed(turned(right)).cwiseQuotient(system.scale());
    const std::optional<Solution> found = by_gmres(system, packed, options);
    if (found && found->residual <= usable)
        return {turned(map.unpack(found->x)), found->residual, map.applications()};
    if (fits && n <= levels_of_last_lu && options.method == SteadyMethod::automatic) return direct();
    Solved none;
    if (found) none.residual = found->residual;
    return none;
}

void require_hermitian(const ComplexMatrix& matrix, Index n, const char* name) {
    require(matrix.rows() == n && matrix.cols() == n, "gradient: ", name, " is ", matrix.rows(), " x ",
            matrix.cols(), ", the system has ", n, " levels");
    require(matrix.allFinite(), "gradient: ", name, " has an entry that is not finite");
    require((matrix - matrix.adjoint()).norm() <= 1e-8 * matrix.norm(), "gradient: ", name,
            " is not Hermitian");
}

void require_solved(const Solved& found) {
    if (found.residual <= usable) return;
    std::ostringstream text;
    text << "gradient: the linear equation is solved to a relative residual of " << found.residual
         << " alone; the steady state may not be the only one. Try method=\"direct\"";
    throw ConvergenceError(text.str());
}

}  // namespace

ComplexMatrix steady_response(const Generator& generator, const ComplexMatrix& right,
                              const SteadyOptions& options) {
    const Index n = generator.dimension();
    require_hermitian(right, n, "the change");
    if (right.isZero(0.0)) return right;
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const Solved found = solved(generator, right, false, options);
    require_solved(found);
    return found.y;
}

AdjointState adjoint_state(const Generator& generator, const ComplexMatrix& rho,
                           const ComplexMatrix& observable, const SteadyOptions& options) {
    const Index n = generator.dimension();
    require_hermitian(rho, n, "the steady state");
    require_hermitian(observable, n, "observable");
    require(options.tol > 0.0, "gradient: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const double mean = rho.cwiseProduct(observable.transpose()).sum().real() / rho.trace().real();
    ComplexMatrix right = observable;
    right.diagonal().array() -= mean;
    if (right.norm() <= 1e-15 * observable.norm()) return {ComplexMatrix::Zero(n, n), 0.0, 0};
    Solved found = solved(generator, right, true, options);
    require_solved(found);
    return {std::move(found.y), found.residual, found.applications};
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
