#pragma once

#include <Eigen/Core>

#include "redfield/linalg/types.hpp"

/// Eight numbers as the lanes of a vector, whatever the registers hold.
namespace redfield::linalg {

constexpr Index lane_count = 8;
using Lanes = Eigen::Array<double, lane_count, 1>;
using LanesIn = Eigen::Map<const Lanes, Eigen::Aligned64>;
using LanesOut = Eigen::Map<Lanes, Eigen::Aligned64>;

enum class Put { assign, add };

/// out(l, r) (=, +=) in(r, l) of an 8×8 tile; in(r, l) at in[r·in_stride + l], out(l, r) at
/// out[l·out_stride + r]. In registers: the compiler's own way loads everything eight times.
template <Put put, class Scalar>
void transpose_tile(const Scalar* in, Index in_stride, Scalar* out, Index out_stride) {
    using Packet = typename Eigen::internal::packet_traits<Scalar>::type;
    constexpr Index size = Eigen::internal::packet_traits<Scalar>::size;
    static_assert(lane_count % size == 0, "a register holds a divisor of the lanes");
    for (Index r = 0; r < lane_count; r += size)
        for (Index l = 0; l < lane_count; l += size) {
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

}  // namespace redfield::linalg
