#pragma once

#include "driven/panel_nodes.hpp"
#include "redfield/driven/time_operator.hpp"
#include "redfield/system/eigensystem.hpp"

namespace redfield::driven {

/// The propagator on a panel [first, last] of time: e^{iφ(t)} U(t, t₀) = Qe^{−iEs}V(s), s = t − middle, Q
/// and E being the eigenbasis of H in the middle, E centred about zero, V slow.
struct EvolutionPanel {
    double first, last;
    double allowed;       ///< truncation of what is resolved on the panel
    double mean;          ///< the middle of H's spectrum, which is left out of E
    double middle_phase;  ///< φ in the middle, the integral of `mean`
    RealVector energies;
    ComplexMatrix vectors;
    Samples slow;  ///< V at the nodes

    double middle() const { return 0.5 * (first + last); }
    double half() const { return 0.5 * (last - first); }
    /// The time of a node.
    double time(Index node) const { return middle() + half() * panel_nodes().x[node]; }
    /// The place of t on [−1, 1].
    double place(double t) const;
    /// t; at an end, where an operator may jump, the value inside the panel is meant.
    Moment inside(double t) const;
    double phase(double t) const { return middle_phase + mean * (t - middle()); }
    ComplexMatrix propagator(double t) const;
    /// The propagator at the nodes.
    Samples propagators(int threads) const;
    /// Qe^{−iEs}V for a given V.
    ComplexMatrix unitary(double s, const Eigen::Ref<const ComplexMatrix>& v) const;
};

/// The first of ascending panels that reaches t, or the last.
template <class Panels>
const auto& panel_at(const Panels& panels, double t) {
    for (const auto& panel : panels)
        if (t <= panel.last) return panel;
    return panels.back();
}

/// U(t, t₀) of H(t), made panel after panel.
class TimeEvolution {
  public:
    /// `ends` are those of all panels, ascending from t₀.
    TimeEvolution(const TimeOperator& hamiltonian, const std::vector<double>& ends, int threads);

    bool ended() const { return next_ + 1 >= ends_.size(); }
    /// The index of the panel that next() will make.
    std::size_t index() const { return next_; }
    /// Throws UnresolvedPanel.
    EvolutionPanel next();

  private:
    void solve(EvolutionPanel& panel, const Eigensystem& eigensystem, const ComplexMatrix& start) const;

    const TimeOperator& hamiltonian_;
    std::vector<double> ends_;
    int threads_;
    double longest_ = 0.0, phase_ = 0.0;
    std::size_t next_ = 0;
    ComplexMatrix start_;  ///< U at the next panel
};

/// UnresolvedPanel where what samples leave out is more than the panel allows, in parts of `largest`.
void require_resolved(const EvolutionPanel& panel, const Samples& samples, double largest);

}  // namespace redfield::driven
