#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <sstream>
#include <utility>
#include <vector>

#include "base/epsilon.hpp"
#include "base/memory.hpp"
#include "hierarchy/conserved.hpp"
#include "hierarchy/inverse.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/hierarchy/steady_state.hpp"
#include "redfield/linalg/gmres.hpp"
#include "redfield/linalg/hermitian.hpp"

/// Steady states of hierarchies of any kind, by one solver.
namespace redfield::hierarchy {

/// Krylov vectors before GMRES restarts, where memory has room for them.
constexpr Index krylov_vectors = 60;
/// Factor by which a residual may be amplified beyond the amplification of random ones.
constexpr double residual_safety = 4.0;
constexpr int improvements = 4, probes = 2;

/// A packed operator without any symmetry but that of the states of a hierarchy.
inline RealVector random_state(const Hierarchy& hierarchy, std::mt19937_64& engine) {
    return steady::random_operator(engine, hierarchy.dimension() * hierarchy.dimension());
}
inline RealVector random_state(const FermionicHierarchy& hierarchy, std::mt19937_64& engine) {
    const Index n = hierarchy.dimension();
    return hierarchy.even(steady::random_operator(engine, n * n).reshaped(n, n)).reshaped();
}

/// 𝓛y + w Σ_i tr(C_i ρ_0) C_i of a hierarchy, w the dissipative scale of Redfield's equation and C_i its
/// conserved quantities, 1/√N among them or alone, with its preconditioner; each tier's rows in its
/// units.
template <class AnyHierarchy>
class StationaryProblem {
  public:
    StationaryProblem(const AnyHierarchy& hierarchy, steady::PackedMap& redfield,
                      const RealMatrix& conserved, const SteadyOptions& options)
        : hierarchy_(hierarchy),
          threads_(hierarchy.threads(options.threads)),
          weight_(redfield.rate()),
          inverse_(hierarchy, redfield, weight_, threads_, 0.0,
                   conserved.cols() > 1 ? conserved : RealMatrix()),
          units_(tier_units(hierarchy)),
          conserved_(conserved.rows(), conserved.cols()) {
        const Index n = hierarchy.dimension();
        base::require_bytes(hierarchy.vector_bytes() * 2.0 * (krylov_vectors + 4), options.max_bytes,
                            "take a smaller depth or fewer exponentials", "the Krylov space of ",
                            hierarchy.planes(), " auxiliary operators");
        const Eigensystem& eigen = hierarchy.system().eigensystem();
        for (Index i = 0; i < conserved.cols(); ++i) {
            const RealMatrix packed = conserved.col(i).reshaped(n, n);
            conserved_.col(i) =
                eigen.in_frame(hierarchy.frame(), {packed, Frame::eigenbasis}, threads_).reshaped();
        }
        const RealMatrix mixed = RealMatrix::Identity(n, n) / static_cast<double>(n);
        right_ = right_of(mixed.reshaped());
        for (Index k = 0; k < n; ++k) trace_.push_back(k * (n + 1));
    }

    Index conserved() const { return conserved_.cols(); }
    /// w Σ_i tr(C_i ρ_0) C_i of a packed state in the hierarchy's frame.
    RealVector right_of(const RealVector& state) const {
        RealVector out = RealVector::Zero(units_.size());
        out.head(state.size()) = weight_ * (conserved_ * (conserved_.transpose() * state));
        return out;
    }
    /// w C_i.
    RealVector right_of_conserved(Index i) const { return right_of(conserved_.col(i)); }
    /// w 1/N.
    const RealVector& right() const { return right_; }
    long applications() const { return applications_; }
    double trace(const RealVector& y) const {
        double out = 0.0;
        for (const Index k : trace_) out += y[k];
        return out;
    }
    /// The scaled 𝓛y.
    void stationarity(const RealVector& y, RealVector& out) {
        base::poll();
        ++applications_;
        out.resize(y.size());
        hierarchy_.flow().apply(y.data(), out.data(), threads_);
        out.array() *= units_.array();
    }
    linalg::Solution<double> solve(const RealVector& right, double rtol) {
        const linalg::LinearMap<double> map = [this](const RealVector& y, RealVector& out) {
            stationarity(y, out);
            const Index size = conserved_.rows();
            out.head(size).noalias() += weight_ * conserved_ * (conserved_.transpose() * y.head(size));
        };
        const linalg::Preconditioner<double> inverse(
            [this](const RealVector& r, RealVector& out) { inverse_(r.cwiseQuotient(units_), out); },
            krylov_vectors);
        return linalg::gmres(map, inverse, right, rtol);
    }

  private:
    const AnyHierarchy& hierarchy_;
    int threads_;
    double weight_;
    BasicRedfieldInverse<AnyHierarchy> inverse_;
    RealVector units_, right_;
    RealMatrix conserved_;      ///< C_i as packed columns in the hierarchy's frame
    std::vector<Index> trace_;  ///< places of ρ_0's diagonal
    long applications_ = 0;
};

/// An orthonormal basis of the stationary states, in the basis H was given in.
template <class AnyHierarchy>
std::vector<ComplexMatrix> stationary_basis(const AnyHierarchy& hierarchy,
                                            StationaryProblem<AnyHierarchy>& problem, double tol) {
    const Index n = hierarchy.dimension();
    RealMatrix found(n * n, problem.conserved());
    for (Index i = 0; i < problem.conserved(); ++i) {
        const linalg::Solution<double> solution =
            problem.solve(problem.right_of_conserved(i), std::min(tol, 1e-10));
        if (!solution.x.allFinite() || !(solution.residual < 1e-6))
            throw ConvergenceError(
                "steady_state: H and the couplings share conserved quantities, but there "
                "are more steady states than these; evolve for a long time");
        const RealMatrix state = solution.x.head(n * n).reshaped(n, n);
        found.col(i) = hierarchy.system()
                           .eigensystem()
                           .in_frame(Frame::given, {state, hierarchy.frame()}, 1)
                           .reshaped();
    }
    const RealMatrix basis = linalg::orthonormal_columns(found);
    std::vector<ComplexMatrix> out;
    for (Index i = 0; i < basis.cols(); ++i) out.push_back(unpack(basis.col(i).reshaped(n, n)));
    return out;
}

/// The stationary vector that is `state` in all that is conserved, the only one with `state` null.
template <class AnyHierarchy>
SteadySolution settled(const AnyHierarchy& hierarchy, const ComplexMatrix* rho0,
                       const SteadyOptions& options) {
    const base::Watch watch(options.monitor);
    const std::unique_ptr<const Generator> generator = redfield_of(hierarchy);
    steady::PackedMap redfield(*generator, options.threads);
    require(redfield.rate() > 0.0, "steady_state: nothing dissipates, every function of H is stationary");
    const Index levels = hierarchy.dimension(), size = levels * levels;
    const auto n = static_cast<double>(levels);
    const RealMatrix conserved = conserved_quantities(hierarchy);
    if (conserved.cols() > 1 && levels > dense_levels) throw MultipleSteadyStates(conserved.cols());
    StationaryProblem<AnyHierarchy> problem(hierarchy, redfield, conserved, options);
    RealVector right = problem.right();
    if (conserved.cols() > 1) {
        if (rho0 == nullptr)
            throw MultipleSteadyStates(stationary_basis(hierarchy, problem, options.tol));
        const RealMatrix given = pack(*rho0);
        right = problem.right_of(hierarchy.system()
                                     .eigensystem()
                                     .in_frame(hierarchy.frame(), {given, Frame::given}, 1)
                                     .reshaped());
    }

    linalg::Solution<double> solution = problem.solve(right, std::min(options.tol, 1e-6));
    const double trace = problem.trace(solution.x);
    if (!solution.x.allFinite() || !(solution.residual < 1e-3) || !(trace > 0.0)) {
        std::ostringstream text;
        text << "steady_state: the hierarchy is solved to a relative residual of " << solution.residual
             << " after " << problem.applications()
             << " applications; it may have several steady states, or the coupling is too strong for "
                "Redfield's equation to precondition it: take another depth, or evolve for a long time";
        throw ConvergenceError(text.str());
    }
    RealVector y = solution.x / trace;

    // A conserved quantity has a share of about 1/N in a random right-hand side.
    std::mt19937_64 engine(12345);
    double amplification = 0.0;
    for (int i = 0; i < probes; ++i) {
        RealVector random = RealVector::Zero(y.size());
        random.head(size) = random_state(hierarchy, engine).normalized() * problem.right().norm();
        const linalg::Solution<double> probe = problem.solve(random, 1e-4 / n);
        if (!probe.x.allFinite() || !(probe.residual <= 2e-4 / n))
            throw ConvergenceError(
                "steady_state: the hierarchy may have several steady states: its equation is not solved "
                "for "
                "every right-hand side; look at rf.steady_state of Redfield's equation, or evolve");
        amplification = std::max(amplification, probe.x.head(size).norm() / random.norm());
    }
    RealVector residual;
    const auto compute_residual = [&] {
        problem.stationarity(y, residual);
        residual = -residual;
        return residual.norm();
    };
    double norm = compute_residual();
    for (int i = 0; i < improvements; ++i) {
        const double wanted = options.tol / (residual_safety * n * amplification);
        if (norm <= std::max(wanted, base::epsilon * problem.right().norm())) break;
        const linalg::Solution<double> more =
            problem.solve(residual, std::clamp(0.3 * wanted / norm, 1e-8, 0.1));
        if (!more.x.allFinite() || !(more.residual < 0.5)) break;
        const RealVector before = y;
        y += more.x;
        y /= problem.trace(y);
        const double earlier = norm;
        norm = compute_residual();
        if (norm < 0.5 * earlier) continue;
        if (norm > earlier) y = before;
        norm = std::min(norm, earlier);
        break;
    }
    SteadySolution out;
    out.vector = Eigen::Map<const RealMatrix>(y.data(), levels, levels * hierarchy.planes());
    const RealMatrix state = out.vector.leftCols(levels);
    const int threads = hierarchy.threads(options.threads);
    out.state = unpack(
        hierarchy.system().eigensystem().in_frame(Frame::given, {state, hierarchy.frame()}, threads));
    out.residual = norm;
    const double rounding = base::epsilon * std::max(redfield.fastest(), problem.right().norm()) * n;
    out.error = std::sqrt(n) * residual_safety * amplification * (n * norm + rounding);
    out.applications = problem.applications();
    out.unique = conserved.cols() == 1;
    return out;
}

/// As `settled`, rho0 checked.
template <class AnyHierarchy>
SteadySolution settled_from(const AnyHierarchy& hierarchy, const ComplexMatrix& rho0,
                            const SteadyOptions& options) {
    const Index n = hierarchy.dimension();
    require(rho0.rows() == n && rho0.cols() == n, "steady_state: rho0 must be (", n, ", ", n, "), got (",
            rho0.rows(), ", ", rho0.cols(), ")");
    return settled(hierarchy, &rho0, options);
}

}  // namespace redfield::hierarchy
