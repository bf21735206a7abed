#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// Eigenvalues of 𝓛 and modes as the columns of packed real and imaginary Hermitian parts.
struct Modes {
    Eigen::VectorXcd values;
    ComplexMatrix vectors;
    double zero;  ///< what is below it is zero to rounding
};

/// All modes, where dissipation is weak against the distances between some Bohr frequencies: 𝓛 is brought
/// to blocks of frequencies near each other, each of which is diagonalised less its own frequency. Rates
/// keep their digits then, as iω, however much larger, meets none of them. Where no frequencies are apart
/// that is one block, 𝓛 itself.
Modes all_modes(PackedMap& map, double max_bytes);

}  // namespace redfield::steady
