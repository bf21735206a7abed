#pragma once

#include <algorithm>

#include "linalg/lanes.hpp"
#include "linalg/product.hpp"

#if defined(__GNUC__)
#define REDFIELD_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define REDFIELD_ALWAYS_INLINE inline
#endif

/// Tiles of C, a few registers high, which stay in registers while they grow by the outer product of a
/// column of A and a row of B after another.
namespace redfield::linalg::product {

/// Registers and columns of the largest tile: 12 × 4 numbers with AVX2, 24 × 8 with AVX-512, which leaves
/// registers for a column of A and a number of B. Without fused multiply–adds a product needs one, too.
constexpr bool many_registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32;
#ifdef __FMA__
constexpr bool fused = true;
#else
constexpr bool fused = many_registers;
#endif
constexpr int max_registers = fused ? 3 : 2, max_columns = many_registers ? 8 : 4;

/// Registers of the next tile where `left` remain: 2 + 2 rather than 3 + 1, since the few chains of a
/// tile of one register wait for each other.
inline int registers_of(Index left) {
    if (max_registers == 3 && left == 4) return 2;
    return static_cast<int>(std::min<Index>(left, max_registers));
}

/// A block of A, whose columns are `stride` apart.
template <class Scalar>
struct Block {
    const Scalar* data;
    Index stride, depth;
};

/// A tile's first row and column in C, and how many of its rows C has.
struct Place {
    Index row, column, rows;
};

/// to (=, +=) scale·factor∘t, the first `rows` of a column of a tile.
template <int registers, class Scalar, class Packet>
REDFIELD_ALWAYS_INLINE void put_column(const Packet (&t)[registers], Scalar scale, const Scalar* factor,
                                       bool add, Index rows, Scalar* to) {
    constexpr Index size = packets::size<Scalar>;
    const Packet s = packets::all(scale);
    for (int r = 0; r < registers; ++r, rows -= size, to += size) {
        if (rows >= size) {
            Packet f = s;
            if (factor != nullptr) f = packets::pmul(s, packets::load(factor + r * size));
            packets::store(to, add ? packets::pmadd(t[r], f, packets::load(to)) : packets::pmul(t[r], f));
        } else if (rows > 0) {
            Scalar lanes[size];
            packets::store(lanes, t[r]);
            for (Index i = 0; i < rows; ++i) {
                const Scalar x = lanes[i] * (factor == nullptr ? scale : scale * factor[r * size + i]);
                to[i] = add ? to[i] + x : x;
            }
        }
    }
}

/// Hands a tile over to a target.
template <int registers, int columns, class Scalar, class Packet>
REDFIELD_ALWAYS_INLINE void put(const Packet (&t)[columns][registers], const Target<Scalar>& target,
                                const Place& at) {
    constexpr Index height = registers * packets::size<Scalar>;
    const bool add = target.store != Store::assign;
    const Scalar sign = target.store == Store::subtract ? Scalar(-1) : Scalar(1);
    Scalar* to = target.data + at.column * target.stride + at.row;
    const Scalar* factor = target.factor;
    if (factor != nullptr) factor += at.column * target.factor_stride + at.row;
    for (int c = 0; c < columns; ++c, to += target.stride) {
        const Scalar scale = target.weights == nullptr ? sign : sign * target.weights[at.column + c];
        if (at.rows == height)  // known to be whole, so that the loop is unrolled without tests
            put_column(t[c], scale, factor, add, height, to);
        else
            put_column(t[c], scale, factor, add, at.rows, to);
        if (factor != nullptr) factor += target.factor_stride;
    }
}

/// Asks for the cache lines of the places of a tile in a matrix.
template <int registers, int columns, class Scalar>
REDFIELD_ALWAYS_INLINE void prefetch_tile(const Scalar* data, Index stride, const Place& at) {
    data += at.column * stride + at.row;
    for (int c = 0; c < columns; ++c, data += stride)
        for (Index i = 0; i < registers * packets::size<Scalar>; i += lane_count<Scalar>)
            linalg::prefetch(data + i);
}

/// Asks for the cache lines that a target reads and writes.
template <int registers, int columns, class Scalar>
REDFIELD_ALWAYS_INLINE void prefetch_tile(const Target<Scalar>& target, const Place& at) {
    prefetch_tile<registers, columns>(target.data, target.stride, at);
    if (target.factor != nullptr)
        prefetch_tile<registers, columns>(target.factor, target.factor_stride, at);
}

/// The tile A·B at `at`; column c of B is at b + c·b_stride.
template <int registers, int columns, class Scalar>
void multiply_tile(const Block<Scalar>& block, const Scalar* b, Index b_stride, const Target<Scalar>& to,
                   const Target<Scalar>& also, const Place& at) {
    using Packet = packets::Packet<Scalar>;
    prefetch_tile<registers, columns>(to, at);
    if (also.data != nullptr) prefetch_tile<registers, columns>(also, at);
    Packet t[columns][registers];
    for (int c = 0; c < columns; ++c)
        for (int r = 0; r < registers; ++r) t[c][r] = packets::all(Scalar(0));
    const Scalar* a = block.data;
    for (Index k = 0; k < block.depth; ++k, a += block.stride) {
        Packet x[registers];
        for (int r = 0; r < registers; ++r) x[r] = packets::load(a + r * packets::size<Scalar>);
        for (int c = 0; c < columns; ++c) {
            const Packet y = packets::all(b[c * b_stride + k]);
            for (int r = 0; r < registers; ++r) t[c][r] = packets::pmadd(x[r], y, t[c][r]);
        }
    }
    put<registers, columns>(t, to, at);
    if (also.data != nullptr) put<registers, columns>(t, also, at);
}

}  // namespace redfield::linalg::product
