#pragma once

#include "redfield/equation/kinds.hpp"
#include "redfield/generator/matrix_free.hpp"

namespace redfield {

/// Redfield's master equation, applied without ever forming its tensor:
///   ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρA_j† + A_jρΛ_j† − A_j†Λ_jρ − ρΛ_j†A_j ),
///   (Λ_j)_kl = Γ_j(E_l − E_k)(A_j)_kl   (arXiv:2507.10080, Eqs. 9, 18 and 19).
/// O(N³) time and O(N²) memory for site projectors; O(K N³) for K other couplings. With a flat bath
/// (Γ = ½) it is Lindblad's equation with the couplings as jump operators.
class REDFIELD_EXPORT Redfield final : public MatrixFree {
  public:
    /// Without the Lamb shift the imaginary part η of Γ is left out.
    explicit Redfield(const System& system, bool lamb_shift = true)
        : MatrixFree(equation::one_sided(system, lamb_shift)) {}
};

}  // namespace redfield
