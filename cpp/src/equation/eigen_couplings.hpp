#pragma once

#include <vector>

#include "redfield/equation/pair_kernel.hpp"

/// The couplings in the eigenbasis, and what a kernel makes of them.
namespace redfield::equation {

/// The site projectors of one bath as columns v_j = √|w_j| U†|s_j⟩, so that A_j = v_j v_j† up to a sign.
struct ProjectorColumns {
    ComplexMatrix v;           ///< (N, m), columns sorted by bath
    std::vector<Index> sites;  ///< the site of each column
    RealVector weights;        ///< |w_j| of each column
    std::vector<Index> first;  ///< columns [first[b], first[b+1]) have bath b
};
ProjectorColumns projector_columns(const System& system);

/// Whether g = 1, B_j = A_j, for every coupling.
bool couples_with_itself(const System& system, const SeparableKernel& kernel);

/// A_j of coupling j in the eigenbasis, also of a site projector.
ComplexMatrix coupling_in_eigenbasis(const System& system, std::size_t j);

/// Λ_j = f∘A_j and B_j = g∘A_j of coupling j in the eigenbasis.
struct Term {
    ComplexMatrix lambda, b;
};
Term term(const System& system, const SeparableKernel& kernel, std::size_t j);

}  // namespace redfield::equation
