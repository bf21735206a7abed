#pragma once

#include "redfield/equation/kinds.hpp"
#include "redfield/generator/matrix_free.hpp"

namespace redfield {

/// The universal Lindblad equation (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109),
///   ρ̇ = −i[H + H_LS, ρ] + Σ_j ( L_jρL_j† − ½{L_j†L_j, ρ} ),  (L_j)_kl = √γ_j(E_l − E_k) (A_j)_kl,
/// completely positive, with H_LS = Σ_j Σ_ωω' h_j(ω,ω') A_j(ω')†A_j(ω),
///   h(ω,ω') = (1/2π) P∫ dx/x √γ(ω'−x) √γ(ω−x).
class REDFIELD_EXPORT UniversalLindblad final : public MatrixFree {
  public:
    /// H_LS is given in the eigenbasis, such as equation::universal_lamb_shift(system), or left out.
    explicit UniversalLindblad(const System& system, ComplexMatrix lamb_shift = {})
        : MatrixFree(equation::jumps(system, std::move(lamb_shift))) {}
};

/// The geometric–arithmetic equation (Davidović, doi:10.22331/q-2020-09-21-326): the jumps of the
/// universal Lindblad equation, the Lamb shift of Redfield's.
class REDFIELD_EXPORT GeometricArithmetic final : public MatrixFree {
  public:
    explicit GeometricArithmetic(const System& system, bool lamb_shift = true)
        : MatrixFree(equation::geometric_arithmetic(system, lamb_shift)) {}
};

}  // namespace redfield
