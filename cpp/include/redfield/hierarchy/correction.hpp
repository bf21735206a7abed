#pragma once

#include <vector>

#include "redfield/hierarchy/exponentials.hpp"
#include "redfield/system/system.hpp"

namespace redfield::hierarchy {

/// δ of each state ρ, in the basis H was given in, such that ρ + δ is stationary to the next order in the
/// coupling: the hierarchy of depth 2 at d/dt = 0, solved from ρ upwards and back,
///
///     ρ_1 = −D_1⁻¹ Dρ,   ρ_2 = −D_2⁻¹ Dρ_1,   r = −i[H, ρ] + U (ρ_1 − (D_1 − κ)⁻¹ Uρ_2),   δ = −𝓛_R⁻¹ r,
///
/// U and D being the couplings to the tier above and below, D_n the diagonal of tier n, 𝓛_R Redfield's
/// generator and −κ the diagonal of its dissipator in the eigenbasis, which the next orders would add
/// there; and once more from ρ + δ. A state of any equation of second order is corrected so. ‖δ‖₁
/// estimates its distance from the exact one; it is no bound. The operators of the tiers are not kept:
/// for K exponentials, closed under conjugation, and J couplings it takes 12KJ products of matrices, or
/// of site projectors 34KJ of a matrix and a vector. std::invalid_argument where a bath has a remainder;
/// throws as Hierarchy, std::length_error where its matrices need more than max_bytes, and, where 𝓛_R has
/// several steady states, ConvergenceError.
REDFIELD_EXPORT std::vector<ComplexMatrix> steady_corrections(
    const System& system, const std::vector<Exponentials>& exponentials,
    const std::vector<ComplexMatrix>& states, int threads = 0, double max_bytes = 1e300);

}  // namespace redfield::hierarchy
