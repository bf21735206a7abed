#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "redfield/system/system.hpp"

namespace redfield {

/// A function of frequency and its slope at the Bohr frequencies, entries (k, l) at ω = E_l − E_k.
struct SlopedTable {
    ComplexMatrix value, slope;
};

/// What the pair kernel of an equation is made of, one table for each of the system's baths:
/// Λ_j = f∘A_j, B_j = g∘A_j, and S_j = s∘A_j of a Lamb shift beside them,
///   𝓛ρ = −i[H + H_LS, ρ] + Σ_j ( Λ_jρB_j† + B_jρΛ_j† − B_j†Λ_jρ − ρΛ_j†B_j ),
///   H_LS = Σ_j ( A_j†S_j − S_j†A_j )/2i.
struct KernelTables {
    std::vector<SlopedTable> left;        ///< f
    std::vector<SlopedTable> right = {};  ///< real g; none where g = 1
    std::vector<SlopedTable> shift = {};  ///< s; none without that Lamb shift
    /// Matrix elements whose Bohr frequencies are more than this energy apart do not couple; of f alone.
    double cutoff = std::numeric_limits<double>::infinity();
    double tolerance = -1.0;  ///< added to the cutoff; negative: redfield::degeneracy_tol
};

/// The derivative of a real function F of an equation. A complex matrix Ā of it means
/// dF = Re Σ_kl Ā*_kl dA_kl.
struct Gradient {
    ComplexMatrix hamiltonian;             ///< Hermitian, in the basis H was given in
    std::vector<ComplexMatrix> couplings;  ///< in the basis H was given in; none of site projectors
    RealVector weights;                    ///< of site projectors, else empty
    std::vector<ComplexMatrix> left, right, shift;  ///< of the tables' values, one a bath
    /// W = −i Σ w[ρ, y] in the basis H was given in: dF = tr[dH W] of what is added to 𝓛's H alone, such
    /// as an H_LS that the tables do not tell of.
    ComplexMatrix commutator;
};

/// The derivative of  F = Σ_t w_t tr[y_t 𝓛ρ_t], ρ_t and y_t held, with respect to all that 𝓛 is made of.
///
/// With M_j = Σ w(ρB_j†y − ρyB_j†) and Q_j = Σ w(ρΛ_j†y − yρΛ_j†),
///   dF = tr[dH W] + 2Re Σ_j ( tr[dΛ_jM_j] + tr[dB_jQ_j] ),  W = −i Σ w[ρ, y].
/// An f∘A in the eigenbasis of H + dH changes by f∘[A, Z] + [Z, f∘A] + f'∘(…), Z_mk = dH_mk/(E_k − E_m),
/// so that dF = Σ G_km dH_mk,
///   G_km = 2T_km/(E_k − E_m),  T = ΛM − MΛ + M̃A − AM̃,  M̃ = fᵀ∘M,
/// whose limit at equal levels is M̃'A + MA' − A'M − AM̃' with the slopes f' in the place of f; near ones
/// take it too, to second order in their distance.
class REDFIELD_EXPORT Sensitivity {
  public:
    virtual ~Sensitivity() = default;
    /// Adds w tr[y 𝓛ρ] of Hermitian ρ and y in the eigenbasis.
    virtual void add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) = 0;
    /// Adds Σ_i tr[y_i 𝓛ρ_i], z = Σ_i vec(ρ_i) vec(y_iᵀ)ᵀ (N², N²) of column-stacked matrices.
    virtual void add(const ComplexMatrix& z) = 0;
    virtual Gradient gradient() const = 0;
};

/// std::invalid_argument where a table does not fit the system; std::length_error where the matrices of
/// all couplings need more than max_bytes.
REDFIELD_EXPORT std::unique_ptr<Sensitivity> sensitivity(const System& system, KernelTables tables,
                                                         int threads, double max_bytes = 1e300);

}  // namespace redfield
