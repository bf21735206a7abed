#include "linalg/product.hpp"

#include "linalg/product_tile.hpp"

namespace redfield::linalg::product {

namespace {

/// Summands of one pass, a column of 2 kB; and bytes of a block of A, which shares the second level of
/// cache, of 256 kB and more, with what comes from and goes to memory.
template <class Scalar>
constexpr Index max_depth = 2048 / sizeof(Scalar);
constexpr Index block_bytes = 192 * 1024;
/// Bytes of a left factor that is read where it is: what copies save there is less than they cost.
constexpr Index small_bytes = 32 * 1024;
template <class Scalar>
constexpr Index block_rows = block_bytes / static_cast<Index>(sizeof(Scalar)) / max_depth<Scalar>;

/// Columns of B times a block of A, `panel` numbers from one of its tiles to the next register of rows.
template <int columns, class Scalar>
void multiply_columns(Block<Scalar> block, bool packed, const Scalar* b, Index b_stride,
                      const Target<Scalar>& to, const Target<Scalar>& also, Place at) {
    constexpr Index size = packets::size<Scalar>;
    for (Index left = at.rows; left > 0;) {
        const int registers = registers_of((left + size - 1) / size);
        const Index height = registers * size;
        at.rows = std::min(height, left);
        if (packed) block.stride = height;
        if (registers == 3)
            multiply_tile<max_registers, columns>(block, b, b_stride, to, also, at);
        else if (registers == 2)
            multiply_tile<2, columns>(block, b, b_stride, to, also, at);
        else
            multiply_tile<1, columns>(block, b, b_stride, to, also, at);
        block.data += packed ? height * block.depth : height;
        at.row += at.rows;
        left -= at.rows;
    }
}

/// The same for any number of columns up to max_columns.
template <int columns, class Scalar>
void multiply_columns(Index count, const Block<Scalar>& block, bool packed, const Scalar* b,
                      Index b_stride, const Target<Scalar>& to, const Target<Scalar>& also,
                      const Place& at) {
    if (count == columns)
        multiply_columns<columns>(block, packed, b, b_stride, to, also, at);
    else if constexpr (columns > 1)
        multiply_columns<columns - 1>(count, block, packed, b, b_stride, to, also, at);
}

/// Rows [0, present) of `depth` columns of A, or of the sum, one after the other, filled up with zeros.
template <int registers, bool sum, class Scalar>
void pack_tile(const Operand<Scalar>& a, Index present, Index depth, Scalar* to) {
    constexpr Index size = packets::size<Scalar>, height = registers * size;
    const Scalar *x = a.data, *y = a.added;
    if (present == height) {
        for (Index k = 0; k < depth; ++k, to += height, x += a.stride, y += sum ? a.added_stride : 0)
            for (Index i = 0; i < height; i += size) {
                auto column = packets::load(x + i);
                if constexpr (sum) column = packets::padd(column, packets::load(y + i));
                packets::store(to + i, column);
            }
        return;
    }
    for (Index k = 0; k < depth; ++k, to += height, x += a.stride, y += sum ? a.added_stride : 0)
        for (Index i = 0; i < height; ++i) to[i] = i < present ? (sum ? x[i] + y[i] : x[i]) : Scalar(0);
}

/// The first `depth` columns of `rows` rows of A in the order that tiles read them.
template <bool sum, class Scalar>
void pack(Operand<Scalar> a, Index rows, Index depth, Scalar* to) {
    constexpr Index size = packets::size<Scalar>;
    while (rows > 0) {
        const int registers = registers_of((rows + size - 1) / size);
        const Index height = registers * size, present = std::min(height, rows);
        if (registers == 3)
            pack_tile<max_registers, sum>(a, present, depth, to);
        else if (registers == 2)
            pack_tile<2, sum>(a, present, depth, to);
        else
            pack_tile<1, sum>(a, present, depth, to);
        a.data += present;
        if constexpr (sum) a.added += present;
        to += height * depth;
        rows -= present;
    }
}

/// Columns of B, or their sums copied to `memory`.
template <class Scalar>
Operand<Scalar> columns_of(const Operand<Scalar>& b, Index k, Index depth, Index first, Index count,
                           Scalar* memory) {
    const Scalar* x = b.data + first * b.stride + k;
    if (b.added == nullptr) return {x, b.stride};
    const Scalar* y = b.added + first * b.added_stride + k;
    for (Index c = 0; c < count; ++c)
        for (Index i = 0; i < depth; ++i)
            memory[c * depth + i] = x[c * b.stride + i] + y[c * b.added_stride + i];
    return {memory, depth};
}

/// Later summands are added to what the first have assigned.
template <class Scalar>
Target<Scalar> continued(Target<Scalar> target) {
    if (target.store == Store::assign) target.store = Store::add;
    return target;
}

/// Memory of one thread holds copies of blocks of A, and sums of columns of B.
template <class Scalar>
Scalar* memory(Index size) {
    thread_local VectorOf<Scalar> buffer;
    if (buffer.size() < size) buffer.resize(size);
    return buffer.data();
}

/// Calls `visit(k, summands, row, rows)` for each block of A: once, for zeros to assign, where there are
/// no summands.
template <class Scalar, class Visit>
void for_each_block(Index rows, Index depth, Visit&& visit) {
    Index k = 0;
    do {
        const Index summands = std::min(max_depth<Scalar>, depth - k);
        for (Index row = 0; row < rows; row += block_rows<Scalar>)
            visit(k, summands, row, std::min(block_rows<Scalar>, rows - row));
        k += max_depth<Scalar>;
    } while (k < depth);
}

/// A block of A, of summands from `k` and rows [row, row + rows), times all right factors.
template <class Scalar>
void multiply_block(const Block<Scalar>& block, bool packed, Index k, Index row, Index rows,
                    const RightFactor<Scalar>* right, int count, Scalar* sums) {
    for (const RightFactor<Scalar>* q = right; q < right + count; ++q) {
        const Target<Scalar> to = k > 0 ? continued(q->to) : q->to;
        const Target<Scalar> also = k > 0 ? continued(q->also) : q->also;
        for (Index c = 0; c < q->columns; c += max_columns) {
            const Index columns = std::min<Index>(max_columns, q->columns - c);
            const Operand<Scalar> b = columns_of(q->b, k, block.depth, c, columns, sums);
            multiply_columns<max_columns>(columns, block, packed, b.data, b.stride, to, also,
                                          Place{row, c, rows});
        }
    }
}

/// Rows with those that fill up the last register.
template <class Scalar>
Index padded(Index rows) {
    constexpr Index size = packets::size<Scalar>;
    return (rows + size - 1) / size * size;
}

}  // namespace

template <class Scalar>
void multiply(Index rows, Index depth, const Operand<Scalar>& a, const RightFactor<Scalar>* right,
              int count) {
    const bool packed = a.added != nullptr || rows % packets::size<Scalar> != 0 ||
                        depth > max_depth<Scalar> ||
                        rows * depth * static_cast<Index>(sizeof(Scalar)) > small_bytes;
    const Index deep = std::min(depth, max_depth<Scalar>);
    Scalar* sums = memory<Scalar>(max_columns * deep + (packed ? block_rows<Scalar> * deep : 0));
    Scalar* blocks = sums + max_columns * deep;
    for_each_block<Scalar>(rows, depth, [&](Index k, Index summands, Index row, Index some) {
        Operand<Scalar> part{a.data + k * a.stride + row, a.stride, a.added, a.added_stride};
        if (part.added != nullptr) {
            part.added += k * a.added_stride + row;
            pack<true>(part, some, summands, blocks);
        } else if (packed) {
            pack<false>(part, some, summands, blocks);
        }
        const Block<Scalar> block{packed ? blocks : part.data, part.stride, summands};
        multiply_block(block, packed, k, row, some, right, count, sums);
    });
}

template <class Scalar>
Packed<Scalar>::Packed(const MatrixOf<Scalar>& a)
    : rows_(a.rows()), depth_(a.cols()), blocks_(padded<Scalar>(rows_) * depth_) {
    const Operand<Scalar> whole = columns(a, 0);
    for_each_block<Scalar>(rows_, depth_, [&](Index k, Index summands, Index row, Index some) {
        pack<false>(Operand<Scalar>{whole.data + k * whole.stride + row, whole.stride}, some, summands,
                    blocks_.data() + offset(k, summands, row));
    });
}

template <class Scalar>
Index Packed<Scalar>::offset(Index k, Index summands, Index row) const {
    return padded<Scalar>(rows_) * k + row * summands;
}

template <class Scalar>
void Packed<Scalar>::multiply(const RightFactor<Scalar>* right, int count) const {
    Scalar* sums = memory<Scalar>(max_columns * std::min(depth_, max_depth<Scalar>));
    for_each_block<Scalar>(rows_, depth_, [&](Index k, Index summands, Index row, Index some) {
        const Block<Scalar> block{blocks_.data() + offset(k, summands, row), 0, summands};
        multiply_block(block, true, k, row, some, right, count, sums);
    });
}

template void multiply<double>(Index, Index, const Operand<double>&, const RightFactor<double>*, int);
template void multiply<float>(Index, Index, const Operand<float>&, const RightFactor<float>*, int);
template class Packed<double>;
template class Packed<float>;

}  // namespace redfield::linalg::product
