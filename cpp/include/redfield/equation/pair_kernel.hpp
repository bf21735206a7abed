#pragma once

#include <limits>
#include <memory>

#include "redfield/system/system.hpp"

/// Master equations as pair kernels:
///   ρ̇ = −i[H, ρ] + Σ_j Σ_{ωω'} χ_j(ω,ω')( A_j(ω)ρA_j(ω')† − ½{A_j(ω')†A_j(ω), ρ} ) − i[H_LS, ρ],
///   H_LS = Σ_j Σ_{ωω'} h_j(ω,ω') A_j(ω')†A_j(ω).
/// P = ½χ + ih tells both: the loss terms are −Kρ − ρK†,  K = Σ P_j(ω,ω') A_j(ω')†A_j(ω).
namespace redfield::equation {

/// P of the baths of a system, at the frequencies ω_kl = E_l − E_k of matrix elements.
class REDFIELD_EXPORT PairKernel {
  public:
    virtual ~PairKernel() = default;
    /// P_b(ω_kl, ω_mn).
    virtual Complex p(std::size_t bath, Index k, Index l, Index m, Index n) const = 0;
    /// χ_b(ω_kl, ω_mn) = P(ω_kl, ω_mn) + P(ω_mn, ω_kl)*.
    Complex chi(std::size_t bath, Index k, Index l, Index m, Index n) const {
        return p(bath, k, l, m, n) + std::conj(p(bath, m, n, k, l));
    }
};

/// P = f(ω) g(ω') with real g: the dissipator is Σ_j ( Λ_jρB_j† − B_j†Λ_jρ ) + h.c. with Λ_j = f∘A_j and
/// B_j = g∘A_j, which products apply without any tensor.
class REDFIELD_EXPORT SeparableKernel : public PairKernel {
  public:
    /// f of one bath, (N, N) at the Bohr frequencies.
    virtual ComplexMatrix left(std::size_t bath) const = 0;
    /// g, or an empty matrix for g = 1, where B_j = A_j.
    virtual RealMatrix right(std::size_t bath) const = 0;
};

/// A whole equation in the eigenbasis. Immutable; copies share their tables.
struct REDFIELD_EXPORT PairEquation {
    System system;
    std::shared_ptr<const PairKernel> kernel;
    /// Matrix elements whose Bohr frequencies are more than this energy apart do not couple.
    double cutoff = std::numeric_limits<double>::infinity();
    /// A Hermitian matrix beside the kernel's own H_LS, in the eigenbasis; an empty one is none.
    ComplexMatrix lamb_shift = {};

    /// The kernel, where products apply it: it is separable and couples all frequencies; else null.
    const SeparableKernel* separable() const;
    /// K in the eigenbasis.
    ComplexMatrix decay() const;
};

}  // namespace redfield::equation
