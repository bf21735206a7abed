#include "redfield/hierarchy/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <utility>

#include "base/epsilon.hpp"
#include "base/memory.hpp"
#include "hierarchy/inverse.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/linalg/gmres.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

/// Krylov vectors before GMRES restarts, where memory has room for them.
constexpr Index krylov_vectors = 60;
/// Factor by which a residual may be amplified beyond the amplification of random ones.
constexpr double residual_safety = 4.0;
constexpr int improvements = 4, probes = 2;

/// 𝓛y + w tr(ρ_0) 1/N of a hierarchy, w the dissipative scale of Redfield's equation, with its
/// preconditioner; tier n's rows in units of g^{−n}, g = s/ν at most 1, which is how weakly they move the
/// state.
class Problem {
  public:
    Problem(const Hierarchy& hierarchy, steady::PackedMap& redfield, const SteadyOptions& options)
        : hierarchy_(hierarchy),
          threads_(hierarchy.threads(options.threads)),
          weight_(redfield.rate()),
          inverse_(hierarchy, redfield, weight_, threads_),
          units_(hierarchy.dimension() * hierarchy.dimension() * hierarchy.planes()) {
        const Index n = hierarchy.dimension();
        base::require_bytes(hierarchy.vector_bytes() * 2.0 * (krylov_vectors + 4), options.max_bytes,
                            "take a smaller depth or fewer exponentials", "the Krylov space of ",
                            hierarchy.planes(), " auxiliary operators");
        const IndexSet& set = hierarchy.indices();
        double g = 0.0;
        for (const Term& term : set.terms()) {
            const ComplexMatrix& a = hierarchy.couplings()[static_cast<std::size_t>(term.operator_index)];
            g = std::max(g, a.norm() * term.scale / std::abs(term.rate));
        }
        g = std::clamp(g, 1e-4, 1.0);
        double unit = 1.0;
        for (std::size_t tier = 0; tier + 1 < set.tiers().size(); ++tier, unit *= g) {
            const Index from = set.plane(set.tiers()[tier]), to = set.plane(set.tiers()[tier + 1]);
            units_.segment(from * n * n, (to - from) * n * n).setConstant(unit);
        }
        right_ = RealVector::Zero(units_.size());
        for (Index k = 0; k < n; ++k) right_[k * (n + 1)] = weight_ / static_cast<double>(n);
        for (Index k = 0; k < n; ++k) trace_.push_back(k * (n + 1));
    }

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
            out += trace(y) * right_;
        };
        const linalg::Preconditioner<double> inverse(
            [this](const RealVector& r, RealVector& out) { inverse_(r.cwiseQuotient(units_), out); },
            krylov_vectors);
        return linalg::gmres(map, inverse, right, rtol);
    }

  private:
    const Hierarchy& hierarchy_;
    int threads_;
    double weight_;
    RedfieldInverse inverse_;
    RealVector units_, right_;
    std::vector<Index> trace_;  ///< places of ρ_0's diagonal
    long applications_ = 0;
};

}  // namespace

SteadySolution steady_state(const Hierarchy& hierarchy, const SteadyOptions& options) {
    const base::Watch watch(options.monitor);
    const std::unique_ptr<const Generator> generator = redfield_of(hierarchy);
    steady::PackedMap redfield(*generator, options.threads);
    require(redfield.rate() > 0.0, "steady_state: nothing dissipates, every function of H is stationary");
    Problem problem(hierarchy, redfield, options);
    const Index levels = hierarchy.dimension(), size = levels * levels;
    const auto n = static_cast<double>(levels);

    linalg::Solution<double> solution = problem.solve(problem.right(), std::min(options.tol, 1e-6));
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
        RealVector right = RealVector::Zero(y.size());
        right.head(size) = steady::random_operator(engine, size).normalized() * problem.right().norm();
        const linalg::Solution<double> probe = problem.solve(right, 1e-4 / n);
        if (!probe.x.allFinite() || !(probe.residual <= 2e-4 / n))
            throw ConvergenceError(
                "steady_state: the hierarchy may have several steady states: its equation is not solved "
                "for "
                "every right-hand side; look at rf.steady_state of Redfield's equation, or evolve");
        amplification = std::max(amplification, probe.x.head(size).norm() / right.norm());
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
    return out;
}

}  // namespace redfield::hierarchy
