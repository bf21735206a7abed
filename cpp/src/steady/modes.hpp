#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// Eigenvalues of 𝓛 and its modes, as columns of packed states of Hermitian real and imaginary parts.
struct Modes {
    VectorOf<Complex> values;
    ComplexMatrix vectors;
    double zero;  ///< eigenvalues up to this modulus are zero to rounding
};

/// The order of eigenvalues by their distance from zero.
std::vector<Index> by_distance(const VectorOf<Complex>& values);

}  // namespace redfield::steady
