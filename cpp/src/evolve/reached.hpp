#pragma once

#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield::integrators {

/// The packed elements k + N l, ascending, that e^{𝓛t}ρ may have: those of a state that are not zero and
/// all that 𝓛 leads to from them. Symmetries of H and of the jumps leave the others zero; in the
/// eigenbasis, where these are the rounding of a diagonalisation, few are. All of them where that takes
/// too many applications.
std::vector<Index> reached_elements(const Generator& generator, const RealMatrix& rho0,
                                    linalg::Workspace& ws);

/// 𝓛 as a matrix on the elements, to which those are added that it leads to none the less.
RealMatrix matrix_on(const Generator& generator, std::vector<Index>& elements, linalg::Workspace& ws);

}  // namespace redfield::integrators
