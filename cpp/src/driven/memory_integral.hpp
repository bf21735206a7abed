#pragma once

#include <deque>

#include "driven/interaction_picture.hpp"
#include "driven/time_evolution.hpp"
#include "redfield/driven/time_convolutionless.hpp"

namespace redfield::driven {

/// Interaction-picture operators of an equation with a memory: Ã_j = U†A_jU and the memory integrals
/// Λ̃_j(t) = ∫₀^{t−t₀} C_j(s) Ã_j(t − s) ds.
class MemoryIntegral final : public InteractionOperators {
  public:
    MemoryIntegral(const TimeConvolutionless& equation, int threads);

    /// Makes the panels of [first, last], and forgets those before. Throws UnresolvedPanel.
    void keep(double first, double last) override;
    void at(double t, std::vector<ComplexMatrix>& couplings,
            std::vector<ComplexMatrix>& lambdas) const override;
    /// U(t, t₀) up to a phase.
    ComplexMatrix propagator(double t) const { return panel_at(panels_, t).propagator(t); }

  private:
    struct Panel : EvolutionPanel {
        std::vector<Samples> couplings, lambdas;  ///< Ã_j and Λ̃_j at the nodes
    };
    /// Earlier panels of one coupling, in the form that its correlation function needs.
    struct Earlier {
        Samples carried;             ///< Z_k, (N², K)
        std::deque<Samples> before;  ///< Ã_j on the panels before, latest first
        double largest = 0.0;        ///< max |Λ̃_j| so far
    };

    Panel next_panel();
    Samples memory_integral(const Samples& now, const CorrelationWeights& weights,
                            Earlier& earlier) const;

    const TimeConvolutionless& equation_;
    int threads_;
    Index n_;
    TimeEvolution evolution_;
    std::vector<Earlier> earlier_;
    std::deque<Panel> panels_;
};

}  // namespace redfield::driven
