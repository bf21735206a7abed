#pragma once

#include <vector>

#include "redfield/equation/kinds.hpp"
#include "redfield/generator/lambda_generator.hpp"

/// The kinds of equation that are a LambdaForm.
namespace redfield {

/// The form of a separable pair kernel P = f(ω)g(ω'): Λ_j = f∘A_j, B_j = g∘A_j and K = Σ_j B_j†Λ_j +
/// iH_LS.
///
/// Site projectors stay projectors; sparse couplings stay sparse, in the basis they were given in, where
/// that saves products. std::invalid_argument where the kernel is not separable or has a cutoff.
REDFIELD_EXPORT LambdaForm lambda_form(equation::PairEquation equation);

/// Redfield's equation with any Λ_j,
///   ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρA_j† + A_jρΛ_j† − A_j†Λ_jρ − ρΛ_j†A_j ),
/// such as Λ_j = Σ_k Γ_jk(ω)∘A_k of baths that are not independent. `lambdas` are dense in the
/// eigenbasis, one for each of the system's operators; std::invalid_argument where they do not match.
REDFIELD_EXPORT LambdaForm given_lambdas(const System& system, const std::vector<ComplexMatrix>& lambdas);
/// Redfield's form with sparse Λ_j in the basis H was given in, such as those cut off at a distance from
/// the site they belong to.
REDFIELD_EXPORT LambdaForm given_lambdas(const System& system, const std::vector<SparseMatrix>& lambdas);

/// ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρB_j† + h.c. ) − Kρ − ρK† with sparse matrices of the basis H was given in,
/// where it is integrated: nothing is diagonalised. An application costs the non-zeros of H, K and the
/// terms times N.
REDFIELD_EXPORT LambdaForm sparse_form(const SparseMatrix& hamiltonian, const SparseMatrix& decay,
                                       std::vector<LambdaTerm> terms,
                                       std::vector<SiteFactor> factors = {});
/// Lindblad's equation of sparse jump operators, K = ½Σ_j L_j†L_j.
REDFIELD_EXPORT LambdaForm lindblad(const SparseMatrix& hamiltonian,
                                    const std::vector<SparseMatrix>& jumps);

/// Redfield's master equation, applied without ever forming its tensor:
///   ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρA_j† + A_jρΛ_j† − A_j†Λ_jρ − ρΛ_j†A_j ),
///   (Λ_j)_kl = Γ_j(E_l − E_k)(A_j)_kl   (arXiv:2507.10080, Eqs. 9, 18 and 19).
/// O(N³) time and O(N²) memory for site projectors; O(K N³) for K other couplings. With a flat bath
/// (Γ = ½) it is Lindblad's equation with the couplings as jump operators.
class REDFIELD_EXPORT Redfield final : public LambdaGenerator {
  public:
    /// Without the Lamb shift the imaginary part η of Γ is left out.
    explicit Redfield(const System& system, bool lamb_shift = true)
        : LambdaGenerator(lambda_form(equation::one_sided(system, lamb_shift))) {}
};

/// The universal Lindblad equation (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109),
///   ρ̇ = −i[H + H_LS, ρ] + Σ_j ( L_jρL_j† − ½{L_j†L_j, ρ} ),  (L_j)_kl = √γ_j(E_l − E_k) (A_j)_kl,
/// completely positive, with H_LS = Σ_j Σ_ωω' h_j(ω,ω') A_j(ω')†A_j(ω),
///   h(ω,ω') = (1/2π) P∫ dx/x √γ(ω'−x) √γ(ω−x).
class REDFIELD_EXPORT UniversalLindblad final : public LambdaGenerator {
  public:
    /// H_LS is given in the eigenbasis, such as equation::universal_lamb_shift(system), or left out.
    explicit UniversalLindblad(const System& system, ComplexMatrix lamb_shift = {})
        : LambdaGenerator(lambda_form(equation::jumps(system, std::move(lamb_shift)))) {}
};

/// The geometric–arithmetic equation (Davidović, doi:10.22331/q-2020-09-21-326): the jumps of the
/// universal Lindblad equation, the Lamb shift of Redfield's.
class REDFIELD_EXPORT GeometricArithmetic final : public LambdaGenerator {
  public:
    explicit GeometricArithmetic(const System& system, bool lamb_shift = true)
        : LambdaGenerator(lambda_form(equation::geometric_arithmetic(system, lamb_shift))) {}
};

}  // namespace redfield
