#pragma once

#include <vector>

#include "redfield/floquet/davies.hpp"

namespace redfield::floquet {

/// Floquet–Redfield equation without the terms whose transition frequencies differ by more than a cutoff:
///   ρ̇ = −i[H(t), ρ] + Σ_j Σ_{|ω − ω'| ≤ Δ} ( [Λ_j(ω)ρ, A_j†(ω')] + h.c. ),  Λ_j(ω) = Γ_j(ω)A_j(ω),
/// A_j(ω) being the part of Σ_n A_j,n e^{inΩt} that releases ω = ε_l − ε_k − nΩ. Δ = 0 is Davies'
/// equation in the modes, Δ = ∞ Redfield's.
///
/// In the frame of the modes a term turns with ω' − ω, so that no coefficient is faster than Δ.
class REDFIELD_EXPORT PartialSecular {
  public:
    /// `tol` is added to the cutoff: frequencies so near each other are equal. std::length_error where
    /// the terms need more than max_bytes.
    PartialSecular(const Modes& modes, const Contacts& contacts, bool lamb_shift, double cutoff,
                   double tol, double max_bytes = 1e300);

    const Modes& modes() const { return modes_; }
    Index dimension() const { return modes_.dimension(); }
    /// Number of terms of the gain Σ Λ_jρA_j†.
    double terms() const;
    /// Σ_m K_m e^{imΩt}, K = Σ A_j†Λ_j of the terms that stay, of one coupling: [m + 2 most].
    const std::vector<ComplexMatrix>& losses(std::size_t j) const { return losses_[j]; }

    /// ρ̇ + i[H, ρ] of any operator at a time, in the basis H is given in.
    ComplexMatrix dissipate(const ComplexMatrix& x, double t) const;

    /// Solves it by Dormand–Prince 5(4) in the frame of the modes; rtol and atol bound the error of each
    /// step.
    EvolveStats evolve(StateView rho0, const std::vector<double>& times,
                       const IntegrationOptions& options, const Observer<StateView>& observe,
                       double max_step, const std::vector<double>& breaks = {}) const;

    /// F(ρ̃) of ρ̃̇ = F(ρ̃) + F(ρ̃†)†, in the frame of the modes.
    ComplexMatrix half(const ComplexMatrix& rho, double t) const;

  private:
    /// One element of the gain: what ρ_column, k + N l, gives to ρ_row.
    struct Term {
        Index row, column;
        Complex value;
    };

    void find_gain(const Contacts& contacts, const std::vector<std::vector<ComplexMatrix>>& lambdas,
                   double reach, double max_bytes);
    void find_losses(const Contacts& contacts, const std::vector<std::vector<ComplexMatrix>>& lambdas,
                     double reach);

    Modes modes_;
    Index most_;  ///< of the harmonics of a product, twice that of a coupling
    double fastest_;
    std::vector<std::vector<Term>> gain_;             ///< [m + most_]
    std::vector<std::vector<ComplexMatrix>> losses_;  ///< [coupling][m + most_]
    std::vector<ComplexMatrix> loss_;                 ///< their sum
};

}  // namespace redfield::floquet
