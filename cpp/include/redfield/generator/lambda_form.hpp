#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield {

/// ΛρB† + BρΛ†, each matrix dense or sparse; BρB† of a jump operator B where Λ has size 0.
struct LambdaTerm {
    Operator lambda, b;
};

/// ΛρA† + AρΛ† of the projector A = |site⟩⟨site|, with Λ = left·right† between the sites of its support.
struct SiteFactor {
    Index site;
    std::vector<std::int32_t> support;
    ComplexMatrix left, right;  ///< a row for each site of the support
};

/// Σ_j ( Λ_jρB_j† + B_jρΛ_j† ) over site projectors A_j = w_j|s_j⟩⟨s_j| with Λ_j = f∘A_j and B_j = g∘A_j,
/// the products ∘ being elementwise in the eigenbasis.
struct ProjectorTerms {
    std::vector<Index> sites;
    RealVector weights;  ///< w, one a site
    ComplexMatrix f;     ///< (N, N), at the Bohr frequencies
    RealMatrix g;        ///< the same, or empty for g = 1
};

/// 𝓛ρ = Gρ + ρG† + Σ_j ( Λ_jρB_j† + B_jρΛ_j† ),  G = −iH − K: a master equation as data.
///
/// H is held by its eigensystem, apart from K, so that weak dissipation keeps the digits of its own
/// scale. Where nothing is diagonalised, `eigensystem` is Eigensystem::given_basis(), H is `hamiltonian`
/// and K and all terms are sparse. Copies are as large as their terms.
struct REDFIELD_EXPORT LambdaForm {
    Eigensystem eigensystem;
    SparseMatrix hamiltonian = {};  ///< H where it is not diagonalised, else of size 0
    Frame frame;                    ///< the basis of `decay` and `terms`
    Operator decay;                 ///< K; dense beside an eigensystem
    std::vector<LambdaTerm> terms = {};
    std::vector<SiteFactor> factors = {};         ///< only beside a sparse H
    std::vector<ProjectorTerms> projectors = {};  ///< only beside an eigensystem
    bool is_adjoint = false;  ///< 𝓛† of an equation: it does not conserve the trace
    /// The pair kernel that all terms come from, or null; to be reset where they are changed.
    std::shared_ptr<const equation::PairEquation> equation = {};
    /// Without a pair kernel, a system whose Redfield equation is near, or null.
    std::shared_ptr<const System> system = {};

    /// The system that steady states are preconditioned with, or null.
    const System* near_system() const;
    Index dimension() const { return eigensystem.dimension(); }
    /// Where the spectrum lies, of the norms of H, H_LS and K + K†.
    SpectralBounds bounds() const;
};

/// std::invalid_argument, naming the part, where dimensions differ, an entry is not finite, H is not
/// Hermitian, or a matrix is stored in a way that its basis does not allow.
REDFIELD_EXPORT void check(const LambdaForm& form);

/// 𝓛† as a form of transposed operators Y = Xᵀ in the eigenbasis U*.
///
/// 𝓛†X = i[H, X] + Σ_j ( Λ_j†XB_j + B_j†XΛ_j ) − K†X − XK reads, transposed,
/// −i[H*, Y] + Σ_j ( Λ_jᵀY(B_jᵀ)† + h.c. ) − KᵀY − Y(Kᵀ)†: every matrix of the form is transposed.
REDFIELD_EXPORT LambdaForm transposed(const LambdaForm& form);

/// Two dissipators beside one H. std::invalid_argument where the Hamiltonians differ by more than
/// rounding, or the bases do.
REDFIELD_EXPORT LambdaForm operator+(LambdaForm a, const LambdaForm& b);

}  // namespace redfield
