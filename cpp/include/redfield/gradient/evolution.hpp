#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"
#include "redfield/gradient/sensitivity.hpp"

namespace redfield {

/// What an evolution's F = Σ_i tr[W_iρ(t_i)] depends on beside the equation.
struct EvolutionGradient {
    double value;        ///< F
    ComplexMatrix rho0;  ///< y(t_0): dF = tr[y dρ_0], Hermitian, in the basis H was given in
    RealVector times;    ///< dF/dt_i
    EvolveStats stats;
};

struct EvolutionGradientOptions : EvolveOptions {
    /// Bytes of states that may be kept; more are computed again from checkpoints.
    double stored_bytes = 1e9;
};

/// dF of an evolution ρ̇ = 𝓛ρ, added to a sensitivity of the equation:
///   dF = ∫dt tr[y(t) (d𝓛) ρ(t)],  ẏ = −𝓛†y,  y(t_i − 0) = y(t_i + 0) + W_i.
/// Between outputs both are expanded as the evolution is, at the points of a Gauss rule whose order
/// follows from the spectrum's bound; where the dense exponential is cheaper, all steps of one length
/// share one derivative of it, ∫₀ʰ e^{𝓛s} B e^{𝓛(h−s)} ds with B = Σ ρ_i y_{i+1}.
REDFIELD_EXPORT EvolutionGradient add_gradient(const Generator& generator, Sensitivity& sensitivity,
                                               const ComplexMatrix& rho0,
                                               const std::vector<double>& times,
                                               const std::vector<ComplexMatrix>& weights,
                                               const EvolutionGradientOptions& options = {});

}  // namespace redfield
