#pragma once

#include <vector>

#include "redfield/equation/pair_kernel.hpp"

/// K = Σ_j Σ_{ωω'} P_j(ω,ω') A_j(ω')†A_j(ω), P = ½χ + ih, of every kind of equation but Redfield's own
/// (effective_decay, one_sided.hpp).
namespace redfield::equation {

/// K without the elements that join levels more than `cutoff` apart.
REDFIELD_EXPORT ComplexMatrix secular_part(const System& system, ComplexMatrix decay, double cutoff);

/// ½Σ L_j†L_j of the jump operators (L_j)_kl = √γ_j(E_l − E_k) (A_j)_kl, plus i H_LS; a Lamb shift of
/// size zero is none.
REDFIELD_EXPORT ComplexMatrix jump_decay(const System& system, const ComplexMatrix& lamb_shift);

/// The coarse-grained K; without the Lamb shift only the Hermitian part of P.
REDFIELD_EXPORT ComplexMatrix coarse_grained_decay(const System& system,
                                                   const CoarseGrainedKernel& kernel, bool lamb_shift);

/// Redfield's equation between frequencies at most `cutoff` apart.
REDFIELD_EXPORT PairEquation redfield_pairs(const System& system, bool lamb_shift, double cutoff);

}  // namespace redfield::equation
