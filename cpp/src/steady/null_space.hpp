#pragma once

#include <vector>

#include "steady/judgement.hpp"

namespace redfield::steady {

/// An orthonormal basis of a matrix's null space, by a pivoted LU or QR: pivots below `zero` count. At
/// least one, as 𝓛 keeps the trace.
RealMatrix null_space(const RealMatrix& matrix, double zero);

/// What was found of 𝓛's null space, and whether that is all of it.
struct NullSpace {
    std::vector<RealVector> basis;  ///< orthonormal
    bool whole;                     ///< false where GMRES stagnates
};

/// The null space of 𝓛 from one vector of it.
///
/// 𝓛Z = 𝓛X is solved by GMRES for random X: X − Z is the part of X that does not decay. As zero is a
/// semisimple eigenvalue of a master equation, GMRES finds Z in 𝓛's range. What decays slowly is left by
/// one solution and taken by the next, which sees what is left alone: only what is stationary to rounding
/// of the dissipative scale counts. Random operators meet every symmetry, so that two in a row that leave
/// nothing new end the search. `inverse` preconditions 𝓛 with a shift that does not amplify the null
/// space of what it inverts.
NullSpace null_space(Bordered& system, const Preconditioner& inverse, const RealVector& known);

/// Of the dissipative scale: that shift.
constexpr double null_space_damping = 1e-2;

}  // namespace redfield::steady
