#pragma once

#include <algorithm>

#include "redfield/base/types.hpp"

namespace redfield::linalg {

/// Calls body(row, rows, column, columns) on tiles of columns [first, first + count) of an n-row matrix,
/// small enough that a tile and its mirror across the diagonal stay in cache together.
template <class Body>
void for_tiles(Index n, Index first, Index count, Body&& body) {
    constexpr Index tile = 16;
    for (Index c = first; c < first + count; c += tile)
        for (Index r = 0; r < n; r += tile)
            body(r, std::min(tile, n - r), c, std::min(tile, first + count - c));
}

}  // namespace redfield::linalg
