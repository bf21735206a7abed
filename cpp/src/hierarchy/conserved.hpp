#pragma once

#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// An orthonormal basis of the Hermitian operators that commute with H and all couplings, as packed
/// columns in the eigenbasis, (N², count): tr(C_i ρ_0) is conserved, and there are as many steady states.
/// The identity alone where degenerate levels are so many that it is not found out.
RealMatrix conserved_quantities(const Hierarchy& hierarchy);

}  // namespace redfield::hierarchy
