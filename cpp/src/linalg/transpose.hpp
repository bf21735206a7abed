#pragma once

#include <algorithm>

#include "linalg/lanes.hpp"

namespace redfield::linalg {

/// Columns [first, first + count) of the n-row out (=, +=) aᵀ, tile by tile in registers.
template <Put put, class Scalar>
void transpose_into(const Scalar* a, Index a_stride, Index n, Index first, Index count, Scalar* out,
                    Index out_stride) {
    constexpr Index width = lane_count<Scalar>;
    for (Index c = first; c < first + count; c += width) {
        const Index columns = std::min(width, first + count - c);
        for (Index r = 0; r < n; r += width) {
            const Index rows = std::min(width, n - r);
            if (rows == width && columns == width) {
                transpose_tile<put>(a + r * a_stride + c, a_stride, out + c * out_stride + r, out_stride);
                continue;
            }
            for (Index l = c; l < c + columns; ++l)
                for (Index k = r; k < r + rows; ++k) {
                    Scalar& to = out[l * out_stride + k];
                    to = (put == Put::add ? to : Scalar(0)) + a[k * a_stride + l];
                }
        }
    }
}

}  // namespace redfield::linalg
