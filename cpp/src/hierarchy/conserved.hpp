#pragma once

#include "redfield/hierarchy/fermionic.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// An orthonormal basis of the Hermitian operators that commute with H and all couplings, as packed
/// columns in the eigenbasis, (N², count): tr(C_i ρ_0) is conserved, and there are as many steady states.
/// The identity alone where degenerate levels are so many that it is not found out.
RealMatrix conserved_quantities(const Hierarchy& hierarchy);

/// The even operators that leads conserve, a and a† the couplings.
RealMatrix conserved_quantities(const FermionicHierarchy& hierarchy);

}  // namespace redfield::hierarchy
