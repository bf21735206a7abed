#pragma once

#include "linalg/packets.hpp"

/// A cache line of numbers, eight or sixteen, as the lanes of a vector, whatever the registers hold.
namespace redfield::linalg {

template <class Scalar>
constexpr Index lane_count = 64 / sizeof(Scalar);
template <class Scalar>
using Lanes = Eigen::Array<Scalar, lane_count<Scalar>, 1>;
template <class Scalar>
using LanesIn = Eigen::Map<const Lanes<Scalar>, Eigen::Aligned64>;
template <class Scalar>
using LanesOut = Eigen::Map<Lanes<Scalar>, Eigen::Aligned64>;

/// The planes Z₊ and Z₋ of a panel: row c of lanes at lane_count·c, aligned to a cache line.
template <class Scalar>
struct PanelPlanes {
    Scalar *plus, *minus;
};

/// Asks for the one or two cache lines of a row of lanes.
template <class Scalar>
void prefetch(const Scalar* row) {
#if defined(__GNUC__)
    __builtin_prefetch(row);
    __builtin_prefetch(row + lane_count<Scalar> - 1);
#else
    static_cast<void>(row);
#endif
}

enum class Put { assign, add };

/// out(l, r) (=, +=) in(r, l) of a tile as wide as it is high, of `lane_count`; in(r, l) at
/// in[r·in_stride + l], out(l, r) at out[l·out_stride + r]. In registers: the compiler's own way loads
/// everything many times.
template <Put put, class Scalar>
void transpose_tile(const Scalar* in, Index in_stride, Scalar* out, Index out_stride) {
    constexpr Index size = packets::size<Scalar>, width = lane_count<Scalar>;
    static_assert(width % size == 0, "a register holds a divisor of the lanes");
    for (Index r = 0; r < width; r += size)
        for (Index l = 0; l < width; l += size) {
            packets::Square<Scalar> square;
            for (Index i = 0; i < size; ++i) square[i] = packets::load(in + (r + i) * in_stride + l);
            square.transpose();
            for (Index i = 0; i < size; ++i) {
                Scalar* to = out + (l + i) * out_stride + r;
                if constexpr (put == Put::add) square[i] = packets::padd(square[i], packets::load(to));
                packets::store(to, square[i]);
            }
        }
}

}  // namespace redfield::linalg
