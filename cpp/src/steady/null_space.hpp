#pragma once

#include "steady/judgement.hpp"

namespace redfield::steady {

/// An orthonormal basis of a matrix's null space, as columns, by a pivoted LU or QR: pivots below `zero`
/// count. At least one, as 𝓛 keeps the trace.
RealMatrix null_space(const RealMatrix& matrix, double zero);

struct NullSpace {
    RealMatrix basis;  ///< orthonormal columns
    bool complete;     ///< false where GMRES stagnates
};

/// The null space of 𝓛 from one vector of it.
///
/// 𝓛Z = 𝓛X is solved by GMRES for random X: X − Z is the part of X that does not decay. As zero is a
/// semisimple eigenvalue of a master equation, GMRES finds Z in 𝓛's range. What decays slowly remains
/// after one solution and is taken away by the next, which sees the remainder alone: only what is
/// stationary to rounding of the dissipative scale counts. Random operators meet every symmetry, so that
/// two in a row that add nothing end the search. `inverse` preconditions 𝓛 with a shift that does not
/// amplify the null space of what it inverts.
NullSpace null_space(Bordered& system, const Preconditioner& inverse, const RealVector& known);

}  // namespace redfield::steady
