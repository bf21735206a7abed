#pragma once

#include <memory>
#include <vector>

#include "redfield/driven/system.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/floquet/modes.hpp"

namespace redfield {

namespace integrators {
class SecularBlocks;
}

namespace floquet {

/// Couplings in the modes and the baths they couple to.
struct Contacts {
    Harmonics couplings;
    std::vector<driven::Spectrum> spectra;
    std::vector<Index> bath_of_coupling;
};

/// ω_kln = ε_l − ε_k − nΩ, what |φ_k⟩⟨φ_l|e^{inΩt} releases to a bath.
inline double released(const Modes& modes, Index k, Index l, Index n) {
    return modes.energies()[l] - modes.energies()[k] - static_cast<double>(n) * modes.frequency();
}

/// Davies' equation of a periodically driven system: in the frame of Modes it is constant,
///   ρ̇ = −i[H_LS, ρ] + Σ_j Σ_ω γ_j(ω)( A_j(ω)ρA_j(ω)† − ½{A_j(ω)†A_j(ω), ρ} ),
/// A_j(ω) being what of Σ_n A_j,n releases ω (Blümel et al. 1991, doi:10.1103/PhysRevA.44.4521; Grifoni &
/// Hänggi 1998, doi:10.1016/S0370-1573(98)00022-2). Frequencies within a tolerance are one, also of
/// different n.
///
/// Where each is alone, modes exchange populations and every coherence decays alone; elements that
/// couple otherwise are blocks with exponentials of their own. It is solved exactly at any time.
class REDFIELD_EXPORT Davies {
  public:
    /// std::invalid_argument where frequencies chain together, links within `tol` making more than twice
    /// it; std::length_error where clusters need more than max_bytes.
    Davies(const Modes& modes, const Contacts& contacts, bool lamb_shift, double tol,
           double max_bytes = 1e300);
    ~Davies();
    Davies(Davies&&) noexcept;

    const Modes& modes() const { return modes_; }
    /// R in ṗ = Rp, R_kl = Σ_jn γ_j(ω_kln)|A_j,n,kl|² for k ≠ l, columns summing to zero.
    const RealMatrix& rates() const;
    /// κ in ρ̇_kl = κρ_kl of coherences that decay alone.
    const ComplexMatrix& coherence_rates() const;
    /// Σ_ω γ_j(ω)A_j(ω)†A_j(ω) of each coupling, how often it acts in a time, as an operator in the
    /// frame.
    const std::vector<ComplexMatrix>& counts() const { return counts_; }
    /// Σ_ω ωγ_j(ω)A_j(ω)†A_j(ω) of each coupling, the energy its bath takes up in a time.
    const std::vector<ComplexMatrix>& energies_released() const { return released_; }
    /// Whether some frequency is not alone.
    bool degenerate() const;
    /// States that do not change, in the frame, orthonormal; more than one where something is conserved.
    std::vector<ComplexMatrix> steady_states() const;
    /// 𝓓X in the frame, of any X.
    ComplexMatrix apply(const ComplexMatrix& x) const;

    /// ρ at times, in the basis H is given in; rho0 holds at the first.
    EvolveStats evolve(StateView rho0, const std::vector<double>& times,
                       const IntegrationOptions& options, const Observer<StateView>& observe) const;

  private:
    Modes modes_;
    std::vector<ComplexMatrix> counts_, released_;
    std::unique_ptr<const integrators::SecularBlocks> blocks_;
};

}  // namespace floquet
}  // namespace redfield
