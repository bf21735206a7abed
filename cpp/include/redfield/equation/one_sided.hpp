#pragma once

#include "redfield/system/system.hpp"

/// The parts of Redfield's equation that do not depend on the state.
namespace redfield::equation {

/// Γ = ½γ + iη on the Bohr frequencies, or ½γ alone without the Lamb shift.
REDFIELD_EXPORT ComplexMatrix one_sided_table(const BathTable& bath, bool lamb_shift);

/// The site projectors of one bath as columns v_j = √|w_j| U†|s_j⟩, so that A_j = v_j v_j† up to a sign.
struct ProjectorColumns {
    ComplexMatrix v;           ///< (N, m), columns sorted by bath
    std::vector<Index> sites;  ///< the site of each column
    RealVector weights;        ///< |w_j| of each column
    std::vector<Index> first;  ///< columns [first[b], first[b+1]) have bath b
};
REDFIELD_EXPORT ProjectorColumns projector_columns(const System& system);

/// A_j in the eigenbasis.
REDFIELD_EXPORT ComplexMatrix operator_in_eigenbasis(const System& system, const Operator& a);

/// S = Σ_j A_j†Λ_j,  (Λ_j)_kl = Γ_j(E_l − E_k)(A_j)_kl, in the eigenbasis.
REDFIELD_EXPORT ComplexMatrix effective_decay(const System& system, bool lamb_shift);

}  // namespace redfield::equation
