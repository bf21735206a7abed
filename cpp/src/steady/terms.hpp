#pragma once

#include <optional>
#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield::steady {

/// ΛρB† + BρΛ†; BρB† of a jump operator B where Λ has size 0.
struct SparseTerm {
    SparseMatrix lambda, b;
};

/// 𝓛ρ = Gρ + ρG† + Σ_j ( Λ_jρB_j† + B_jρΛ_j† ) with sparse matrices of one basis, G = −iH − K; BρB† where
/// a term has no Λ.
struct Terms {
    Frame frame;
    SparseMatrix drift;
    std::vector<SparseTerm> terms;

    /// Non-zeros of 𝓛 as a matrix on ρ, at most.
    double entries() const;
};

/// The terms in whichever of the two bases, the one H was given in and its eigenbasis, 𝓛 has fewer
/// non-zeros; nothing where it has more than `most` in both or the generator does not tell its terms.
///
/// Coherent matrix elements stay sparse in the given basis, baths whose Γ depends on the frequency in the
/// eigenbasis. What rounding leaves of zeros in a change of basis is left out.
std::optional<Terms> fewest_terms(const Generator& generator, double most);

/// G in the basis in which the generator moves states, dense; empty where K is not known.
ComplexMatrix drift(const Generator& generator);

}  // namespace redfield::steady
