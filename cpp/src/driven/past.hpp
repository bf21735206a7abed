#pragma once

#include <deque>

#include "driven/interaction.hpp"
#include "redfield/driven/memory.hpp"
#include "redfield/linalg/types.hpp"

namespace redfield::driven {

/// Values of an N×N matrix at the points of a panel, one a column of N².
using Samples = ComplexMatrix;

/// The interaction picture of H(t) from t₀, panel after panel: U(t), Ã_j = U†A_jU and Λ̃_j = U†Λ_jU.
class Past final : public Turned {
  public:
    Past(const Memory& memory, int threads);

    /// Makes the panels of [first, last], and forgets those before.
    void keep(double first, double last) override;

    /// Ã_j and Λ̃_j at t, N×N, of all couplings.
    void at(double t, std::vector<ComplexMatrix>& couplings,
            std::vector<ComplexMatrix>& lambdas) const override;
    /// U(t) up to a phase e^{−iφ}, and φ, the integral of the middle of H's spectrum.
    ComplexMatrix propagator(double t) const;
    double phase(double t) const;

  private:
    struct Panel {
        double first, last;
        RealVector energies;    // of H in the middle, less their own
        double offset, turned;  // what they are less, and ∫ of it up to the middle
        ComplexMatrix vectors;
        Samples slow;  // Q†U(t) without the phases of those energies
        std::vector<Samples> couplings, lambdas;

        double middle() const { return 0.5 * (first + last); }
        double half() const { return 0.5 * (last - first); }
        /// U at s after the middle, of its slow part there.
        ComplexMatrix unitary(double s, const Eigen::Ref<const ComplexMatrix>& slow_there) const;
    };

    const Panel& panel_of(double t) const;
    /// t, at an end the value this side of it.
    static Moment inside(const Panel& panel, double t);
    double allowed(const Panel& panel) const;
    void make_next();
    void propagate(Panel& panel);
    void remember(Panel& panel, Index index, std::size_t coupling);

    const Memory& memory_;
    int threads_;
    double longest_ = 0.0, turned_ = 0.0;
    Index n_, next_ = 0;
    ComplexMatrix start_;                      // U at the next panel
    std::vector<Samples> carried_;             // of each coupling: (N², K)
    std::vector<std::deque<Samples>> before_;  // of each coupling: Ã_j of the panels before, latest first
    std::deque<Panel> panels_;
};

}  // namespace redfield::driven
