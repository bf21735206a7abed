#pragma once

#include "redfield/floquet/davies.hpp"

namespace redfield::floquet {

/// Redfield's equation of a periodically driven system, its start long ago:
///   ρ̇ = −i[H(t), ρ] + Σ_j ( [Λ_j(t)ρ, A_j†(t)] + h.c. ),  Φ†Λ_jΦ = Σ_n Γ_j(ω_n)∘A_j,n e^{inΩ(t − t₀)}
/// with (ω_n)_kl = ε_l − ε_k − nΩ, the limit of driven::TimeConvolutionless after the correlation time of
/// the baths.
struct REDFIELD_EXPORT Redfield {
    Redfield(const Modes& modes, const Contacts& contacts, bool lamb_shift);

    Modes modes;
    Harmonics couplings;
    std::vector<std::vector<ComplexMatrix>> lambdas;  ///< Γ∘A, as couplings.of

    /// Solves it by Dormand–Prince 5(4) in the frame of the modes; rtol and atol bound the error of each
    /// step. Breaks, in the first period, are where A(t) jumps.
    EvolveStats evolve(StateView rho0, const std::vector<double>& times,
                       const IntegrationOptions& options, const Observer<StateView>& observe,
                       double max_step, const std::vector<double>& breaks = {}) const;
};

}  // namespace redfield::floquet
