// U(t, t₀) on one panel after another. With Q and E the eigenbasis of H in the middle of a panel, s the
// time from there, U = Qe^{−iEs}V obeys
//   V̇ = −iR(s)V,  R = e^{iEs}(Q†H(t)Q − E)e^{−iEs},
// solved by Picard's iteration V ← V(first) − i∫RV on the values at the nodes, ∫ being a matrix between
// them: R is small, and nothing where H is constant.
#include "driven/time_evolution.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::driven {

namespace {

constexpr int most_iterations = 80;
/// Changes of V, whose entries are at most 1, at which the iteration ends, and at which it is given up.
constexpr double settled = 1e-14, diverged = 1e6;
/// Truncation that is allowed in the longest panel. Its integral counts: shorter ones may leave more.
constexpr double resolved = 3e-10;

[[noreturn]] void unresolved(const EvolutionPanel& panel) {
    std::ostringstream text;
    text << "driven::evolve: the panel from t = " << panel.first << " to " << panel.last
         << " is too long";
    throw UnresolvedPanel(text.str());
}

}  // namespace

double EvolutionPanel::place(double t) const { return std::clamp((t - middle()) / half(), -1.0, 1.0); }

Moment EvolutionPanel::inside(double t) const {
    return Moment(std::clamp(t, std::nextafter(first, last), std::nextafter(last, first)));
}

ComplexMatrix EvolutionPanel::unitary(double s, const Eigen::Ref<const ComplexMatrix>& v) const {
    const Eigen::VectorXcd phases = energies.unaryExpr([s](double e) { return std::polar(1.0, -s * e); });
    return vectors * phases.asDiagonal() * v;
}

ComplexMatrix EvolutionPanel::propagator(double t) const {
    const Index n = energies.size();
    const double x = place(t);
    ComplexMatrix there(n, n);
    // Real and imaginary parts side by side: ℓ is real, so a complex product would take twice the time.
    const auto* samples = reinterpret_cast<const double*>(slow.data());
    Eigen::Map<RealVector>(reinterpret_cast<double*>(there.data()), 2 * n * n).noalias() =
        Eigen::Map<const RealMatrix>(samples, 2 * n * n, slow.cols()) * panel_nodes().lagrange(x);
    return unitary(half() * x, there);
}

Samples EvolutionPanel::propagators(int threads) const {
    const Index n = energies.size();
    Samples out(n * n, panel_points);
    base::parallel_ranges(threads, panel_points, [&](Index from, Index count) {
        for (Index i = from; i < from + count; ++i)
            matrix(out, i, n) = unitary(half() * panel_nodes().x[i],
                                        Eigen::Map<const ComplexMatrix>(slow.col(i).data(), n, n));
    });
    return out;
}

void require_resolved(const EvolutionPanel& panel, const Samples& samples, double largest) {
    if (truncation(samples) > panel.allowed * largest) unresolved(panel);
}

TimeEvolution::TimeEvolution(const TimeOperator& hamiltonian, const std::vector<double>& ends,
                             int threads)
    : hamiltonian_(hamiltonian),
      ends_(ends),
      threads_(threads),
      start_(ComplexMatrix::Identity(hamiltonian.dimension(), hamiltonian.dimension())) {
    require(ends.size() > 1, "driven: a panel of time has two ends");
    for (std::size_t p = 0; p + 1 < ends.size(); ++p)
        longest_ = std::max(longest_, ends[p + 1] - ends[p]);
}

EvolutionPanel TimeEvolution::next() {
    base::poll();
    const Index n = hamiltonian_.dimension();
    EvolutionPanel panel;
    panel.first = ends_[next_];
    panel.last = ends_[next_ + 1];
    panel.allowed = resolved * longest_ / (panel.last - panel.first);
    const Eigensystem eigensystem(hamiltonian_.at(Moment(panel.middle())));
    panel.vectors = eigensystem.eigenvectors();
    panel.mean = 0.5 * (eigensystem.energies()[0] + eigensystem.energies()[n - 1]);
    panel.energies = eigensystem.energies().array() - panel.mean;
    panel.middle_phase = phase_ + panel.mean * panel.half();
    phase_ += 2.0 * panel.mean * panel.half();
    ComplexMatrix start = panel.vectors.adjoint() * start_;
    start.array().colwise() *= (Complex(0.0, -panel.half()) * panel.energies.array()).exp();  // s = −half
    panel.slow = Eigen::Map<const Eigen::VectorXcd>(start.data(), n * n).replicate(1, panel_points);
    if (!hamiltonian_.is_constant()) solve(panel, eigensystem, start);
    start_ = panel.unitary(panel.half(), matrix(panel.slow, panel_points - 1, n));
    ++next_;
    return panel;
}

void TimeEvolution::solve(EvolutionPanel& panel, const Eigensystem& eigensystem,
                          const ComplexMatrix& start) const {
    constexpr Index points = panel_points;
    const Index n = hamiltonian_.dimension();
    const double half = panel.half();
    const Eigen::ArrayXd energies = panel.energies.array();
    Samples rest(n * n, points), change(n * n, points);
    for (Index i = 0; i < points; ++i) {
        const double s = half * panel_nodes().x[i];
        ComplexMatrix h = eigensystem.to_eigenbasis(hamiltonian_.at(panel.inside(panel.middle() + s)));
        h.diagonal().array() -= energies + panel.mean;
        const Eigen::ArrayXcd phases = (Complex(0.0, s) * energies).exp();
        matrix(rest, i, n) = (h.array().colwise() * phases).rowwise() * phases.conjugate().transpose();
    }
    require(rest.allFinite(), "at t = ", panel.middle(), " the Hamiltonian is not finite");
    // The integral's matrix is real: complex numbers are pairs to it.
    Samples integrated(n * n, points);
    Eigen::Map<RealMatrix> pairs(reinterpret_cast<double*>(integrated.data()), 2 * n * n, points);
    const Eigen::Map<const RealMatrix> changes(reinterpret_cast<const double*>(change.data()), 2 * n * n,
                                               points);
    const RealMatrix integral = half * panel_nodes().integral.transpose();
    const Eigen::Map<const Eigen::VectorXcd> first(start.data(), n * n);
    for (int iteration = 0; iteration < most_iterations; ++iteration) {
        base::parallel_ranges(threads_, points, [&](Index from, Index count) {
            for (Index i = from; i < from + count; ++i)
                matrix(change, i, n).noalias() = matrix(rest, i, n) * matrix(panel.slow, i, n);
        });
        pairs.noalias() = changes * integral;
        double moved = 0.0;
        for (Index i = 0; i < points; ++i) {
            const auto next = (Complex(0.0, -1.0) * integrated.col(i) + first).eval();
            moved = std::max(moved, (next - panel.slow.col(i)).cwiseAbs2().maxCoeff());
            panel.slow.col(i) = next;
        }
        moved = std::sqrt(moved);
        if (moved <= settled)
            return require_resolved(panel, panel.slow, panel.slow.cwiseAbs().maxCoeff());
        if (!(moved < diverged)) break;
    }
    unresolved(panel);
}

}  // namespace redfield::driven
