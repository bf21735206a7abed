#pragma once

#include "redfield/base/monitor.hpp"
#include "redfield/base/types.hpp"

namespace redfield::generator {

/// The N²×N² matrix of a map of packed states, column after column: map(unit, column) writes what it
/// makes of a state with one element.
template <class Map>
RealMatrix matrix_of_packed(Index n, const Map& map) {
    const Index size = n * n;
    RealMatrix matrix(size, size), unit = RealMatrix::Zero(n, n);
    for (Index i = 0; i < size; ++i) {
        base::poll();
        unit.data()[i] = 1.0;
        map(unit, Eigen::Map<RealMatrix>(matrix.col(i).data(), n, n));
        unit.data()[i] = 0.0;
    }
    return matrix;
}

}  // namespace redfield::generator
