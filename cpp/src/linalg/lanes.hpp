#pragma once

#include <Eigen/Core>

#include "redfield/linalg/types.hpp"

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

enum class Put { assign, add };

/// out(l, r) (=, +=) in(r, l) of a tile as wide as it is high, of `lane_count`; in(r, l) at
/// in[r·in_stride + l], out(l, r) at out[l·out_stride + r]. In registers: the compiler's own way loads
/// everything many times.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // of a register type as a template argument
#endif
template <Put put, class Scalar>
void transpose_tile(const Scalar* in, Index in_stride, Scalar* out, Index out_stride) {
    using Packet = typename Eigen::internal::packet_traits<Scalar>::type;
    constexpr Index size = Eigen::internal::packet_traits<Scalar>::size;
    constexpr Index width = lane_count<Scalar>;
    static_assert(width % size == 0, "a register holds a divisor of the lanes");
    for (Index r = 0; r < width; r += size)
        for (Index l = 0; l < width; l += size) {
            Eigen::internal::PacketBlock<Packet, static_cast<int>(size)> block;
            for (Index i = 0; i < size; ++i)
                block.packet[i] = Eigen::internal::ploadu<Packet>(in + (r + i) * in_stride + l);
            if constexpr (size > 1) Eigen::internal::ptranspose(block);
            for (Index i = 0; i < size; ++i) {
                Scalar* to = out + (l + i) * out_stride + r;
                if constexpr (put == Put::add)
                    block.packet[i] =
                        Eigen::internal::padd(block.packet[i], Eigen::internal::ploadu<Packet>(to));
                Eigen::internal::pstoreu(to, block.packet[i]);
            }
        }
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace redfield::linalg
