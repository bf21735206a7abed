#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "redfield/system/system.hpp"

/// Master equations as pair kernels:
///   ρ̇ = −i[H, ρ] + Σ_j Σ_{ωω'} χ_j(ω,ω')( A_j(ω)ρA_j(ω')† − ½{A_j(ω')†A_j(ω), ρ} ) − i[H_LS, ρ],
///   H_LS = Σ_j Σ_{ωω'} h_j(ω,ω') A_j(ω')†A_j(ω).
/// With P = ½χ + ih everything that does not pump is Kρ + ρK†,  K = Σ P_j(ω,ω') A_j(ω')†A_j(ω).
namespace redfield::equation {

/// χ of the baths of a system, at the frequencies ω_kl = E_l − E_k of matrix elements.
class REDFIELD_EXPORT PairKernel {
  public:
    virtual ~PairKernel() = default;
    /// χ_b(ω_kl, ω_mn); χ(ω', ω) is its conjugate.
    virtual Complex chi(std::size_t bath, Index k, Index l, Index m, Index n) const = 0;
};

/// A whole equation in the eigenbasis. Matrix elements whose Bohr frequencies are more than `cutoff`
/// apart do not couple.
struct PairEquation {
    System system;
    std::unique_ptr<PairKernel> kernel;
    ComplexMatrix decay;  ///< K
    double cutoff = std::numeric_limits<double>::infinity();
};

/// χ = Γ(ω) + Γ*(ω')  (arXiv:2507.10080, Eqs. 9 and 18).
class REDFIELD_EXPORT RedfieldKernel final : public PairKernel {
  public:
    RedfieldKernel(const System& system, bool lamb_shift);
    Complex chi(std::size_t bath, Index k, Index l, Index m, Index n) const override {
        const ComplexMatrix& g = gamma_[bath];
        return g(k, l) + std::conj(g(m, n));
    }

  private:
    std::vector<ComplexMatrix> gamma_;
};

/// χ = √γ(ω) √γ(ω'): one jump operator a coupling (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109;
/// Davidović, doi:10.22331/q-2020-09-21-326).
class REDFIELD_EXPORT JumpKernel final : public PairKernel {
  public:
    explicit JumpKernel(const System& system);
    Complex chi(std::size_t bath, Index k, Index l, Index m, Index n) const override {
        return root_[bath](k, l) * root_[bath](m, n);
    }

  private:
    std::vector<RealMatrix> root_;
};

/// Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} of one bath and its derivative in ω, on the Bohr frequencies.
struct WindowTable {
    ComplexMatrix value, derivative;
};

/// P = [Γ_T(ω') − e^{−i(ω−ω')T} Γ_T(ω)]/(i(ω−ω')T),  χ = P(ω,ω') + P(ω',ω)*: the average over a window T,
/// χ = ∫dν/2π γ(ν) T sinc((ω−ν)T/2) sinc((ω'−ν)T/2) e^{i(ω'−ω)T/2}, with its time integrals done
/// (Schaller & Brandes, doi:10.1103/PhysRevA.78.022106).
class REDFIELD_EXPORT CoarseGrainedKernel final : public PairKernel {
  public:
    CoarseGrainedKernel(const System& system, double window, std::vector<WindowTable> tables);
    Complex chi(std::size_t bath, Index k, Index l, Index m, Index n) const override {
        return one_sided(bath, k, l, m, n) + std::conj(one_sided(bath, m, n, k, l));
    }
    Complex one_sided(std::size_t bath, Index k, Index l, Index m, Index n) const;

  private:
    RealVector energies_;
    double window_;
    std::vector<WindowTable> tables_;
};

}  // namespace redfield::equation
