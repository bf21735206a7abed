#pragma once

#include "redfield/generator/generator.hpp"
#include "redfield/hierarchy/fermionic.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// Where the spectrum of a hierarchy lies, about: the couplings s_k√(n_k+1) U_k and (√n_k/s_k) D_k move
/// between tiers as Σ_k x_k(b_k + b_k†) of oscillators with at most `depth` quanta. Their antisymmetric
/// part, of x = ½(s + (c + c̃)/2s) and the anticommutator's share, turns; the symmetric one damps. An
/// expansion finds where it is too small.
SpectralBounds bounds(const Hierarchy& hierarchy);

/// The bounds of leads, whose exponentials have at most one quantum each: ‖Σ_k x_k b_k‖ = √Σ x_k².
SpectralBounds bounds(const FermionicHierarchy& hierarchy);

}  // namespace redfield::hierarchy
