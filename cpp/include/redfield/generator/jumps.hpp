#pragma once

#include "redfield/generator/matrix_free.hpp"

namespace redfield {

/// ρ̇ = −i[H + H_LS, ρ] + Σ_j ( L_jρL_j† − ½{L_j†L_j, ρ} ),  (L_j)_kl = √γ_j(E_l − E_k) (A_j)_kl:
/// one jump operator a coupling, matrix-free; completely positive.
class REDFIELD_EXPORT JumpEquation : public MatrixFree {
  public:
    std::unique_ptr<equation::PairEquation> pair_equation() const override;

  protected:
    /// H_LS in the eigenbasis; one of size zero is none.
    JumpEquation(System system, ComplexMatrix lamb_shift);

  private:
    ComplexMatrix lamb_shift_;
};

/// The universal Lindblad equation (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109). Its Lamb shift,
///   h(ω,ω') = (1/2π) P∫ dx/x √γ(ω'−x) √γ(ω−x),
/// needs the bath between the Bohr frequencies too and is given as H_LS in the eigenbasis.
class REDFIELD_EXPORT UniversalLindblad final : public JumpEquation {
  public:
    explicit UniversalLindblad(System system, ComplexMatrix lamb_shift = {})
        : JumpEquation(std::move(system), std::move(lamb_shift)) {}
};

/// The geometric–arithmetic equation (Davidović, doi:10.22331/q-2020-09-21-326): the jumps of the
/// universal Lindblad equation, the Lamb shift of Redfield's.
class REDFIELD_EXPORT GeometricArithmetic final : public JumpEquation {
  public:
    explicit GeometricArithmetic(System system, bool lamb_shift = true);
};

}  // namespace redfield
