#include "linalg/row_blocks.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "linalg/alike_rows.hpp"

namespace redfield::linalg {

namespace {

constexpr std::size_t least_columns = 4;  // of a block

}  // namespace

template <class Scalar>
RowBlocks<Scalar>::RowBlocks(const SparseMatrix& m) {
    const RowMajorSparse rows = m;
    std::vector<bool> in_block(static_cast<std::size_t>(m.rows()), false);
    std::map<std::vector<Scalar>, std::size_t> known;
    for (const AlikeRows& alike : alike_rows(rows, height, least_columns)) {
        Block block;
        block.row_count = static_cast<Index>(alike.rows.size());
        block.column_count = static_cast<Index>(alike.columns.size());
        block.rows = index_.size();
        index_.insert(index_.end(), alike.rows.begin(), alike.rows.end());
        block.columns = index_.size();
        index_.insert(index_.end(), alike.columns.begin(), alike.columns.end());
        for (const std::int32_t r : alike.rows) in_block[static_cast<std::size_t>(r)] = true;
        const auto [found, is_new] = known.emplace(values_of(rows, block), values_.size());
        if (is_new) values_.insert(values_.end(), found->first.begin(), found->first.end());
        block.values = found->second;
        blocks_.push_back(block);
    }
    std::sort(blocks_.begin(), blocks_.end(),
              [this](const Block& a, const Block& b) { return index_[a.rows] < index_[b.rows]; });
    for (Index r = 0; r < m.rows(); ++r)
        if (!in_block[static_cast<std::size_t>(r)] && RowMajorSparse::InnerIterator(rows, r))
            rest_rows_.push_back(static_cast<std::int32_t>(r));
    RowMajorSparse rest = rows;
    rest.prune([&](Index r, Index, const Complex&) { return !in_block[static_cast<std::size_t>(r)]; });
    rest_ = SparseRows<Scalar>(rest);
}

/// A block's values in the order add_block() reads them; rows that fill up the last four are zero.
template <class Scalar>
std::vector<Scalar> RowBlocks<Scalar>::values_of(const RowMajorSparse& m, Block& block) const {
    const Index fours = (block.row_count + height - 1) / height;
    std::vector<Scalar> out(static_cast<std::size_t>(fours * block.column_count * 2 * height), Scalar(0));
    for (Index i = 0; i < block.row_count; ++i) {
        auto at = static_cast<std::size_t>((i / height * block.column_count) * 2 * height + i % height);
        for (RowMajorSparse::InnerIterator it(m, index_[block.rows + static_cast<std::size_t>(i)]); it;
             ++it) {
            if (it.value() == Complex(0.0)) continue;
            out[at] = static_cast<Scalar>(it.value().real());
            out[at + height] = static_cast<Scalar>(it.value().imag());
            block.is_real = block.is_real && it.value().imag() == 0.0;
            at += 2 * height;
        }
    }
    return out;
}

template <class Scalar>
std::size_t RowBlocks<Scalar>::blocked() const {
    std::size_t sum = 0;
    for (const Block& b : blocks_) sum += static_cast<std::size_t>(b.row_count * b.column_count);
    return sum;
}

template <class Scalar>
struct RowBlocks<Scalar>::One {
    template <class Packet>
    Packet times(const Packet& x, Index, Index) const {
        return x;
    }
    /// Where a sum of lanes begins that is to be added to `to`, and what is done with it.
    static Lanes<Scalar> begin(const LanesOut<Scalar>& to) { return to; }
    static void end(LanesOut<Scalar> to, const Lanes<Scalar>& sum, Index) { to = sum; }
};

template <class Scalar>
struct RowBlocks<Scalar>::Difference {
    const Lanes<Scalar>& of_lane;
    const Scalar* of_row;
    template <class Packet>
    Packet times(const Packet& x, Index row, Index lane) const {
        return packets::pmul(
            x, packets::psub(packets::load(of_lane.data() + lane), packets::all(of_row[row])));
    }
    static Lanes<Scalar> begin(const LanesOut<Scalar>&) { return Lanes<Scalar>::Zero(); }
    void end(LanesOut<Scalar> to, const Lanes<Scalar>& sum, Index row) const {
        to += sum * (of_lane - of_row[row]);
    }
};

template <class Scalar>
template <bool is_real, bool both, class Weight>
void RowBlocks<Scalar>::add_block(const Block& block, const Planes& x, const Planes& y,
                                  const Weight& weight) const {
    using Packet = packets::Packet<Scalar>;
    constexpr Index width = lane_count<Scalar>, size = packets::size<Scalar>;
    const std::int32_t* columns = index_.data() + block.columns;
    const std::int32_t* rows = index_.data() + block.rows;
    const Scalar* values = values_.data() + block.values;
    for (Index first = 0; first < block.row_count; first += height) {
        for (Index l = 0; l < width; l += size) {
            Packet plus[height], minus[height];
            for (Index i = 0; i < height; ++i) plus[i] = minus[i] = packets::all(Scalar(0));
            const Scalar* v = values;
            for (Index c = 0; c < block.column_count; ++c, v += 2 * height) {
                const Index at = width * columns[c] + l;
                const Packet a = packets::load(x.plus + at), b = packets::load(x.minus + at);
                for (Index i = 0; i < height; ++i) {  // Y₊ += Re M X₊, Y₋ += Re M X₋
                    const Packet re = packets::all(v[i]);
                    plus[i] = packets::pmadd(re, a, plus[i]);
                    if constexpr (both) minus[i] = packets::pmadd(re, b, minus[i]);
                }
                if constexpr (is_real) continue;
                const Packet negative = packets::pnegate(a);
                for (Index i = 0; i < height; ++i) {  // Y₊ += Im M X₋, Y₋ −= Im M X₊
                    const Packet im = packets::all(v[height + i]);
                    plus[i] = packets::pmadd(im, b, plus[i]);
                    if constexpr (both) minus[i] = packets::pmadd(im, negative, minus[i]);
                }
            }
            for (Index i = 0; i < std::min(height, block.row_count - first); ++i) {
                const Index row = rows[first + i], at = width * row + l;
                const auto put = [&](Scalar* to, const Packet& sum) {
                    packets::store(to, packets::padd(weight.times(sum, row, l), packets::load(to)));
                };
                put(y.plus + at, plus[i]);
                if constexpr (both) put(y.minus + at, minus[i]);
            }
        }
        values += 2 * height * block.column_count;
    }
}

template <class Scalar>
template <bool both, class Weight>
void RowBlocks<Scalar>::add(const Planes& x, const Planes& y, const Weight& weight) const {
    constexpr Index width = lane_count<Scalar>;
    for (const Block& block : blocks_)
        if (block.is_real)
            add_block<true, both>(block, x, y, weight);
        else
            add_block<false, both>(block, x, y, weight);
    for (const Index r : rest_rows_) {
        const auto row = [&](Scalar* plane) { return LanesOut<Scalar>(plane + r * width); };
        Lanes<Scalar> plus = weight.begin(row(y.plus)), minus = Lanes<Scalar>::Zero();
        if constexpr (both) minus = weight.begin(row(y.minus));
        rest_.accumulate(r, x.plus, x.minus, plus, minus);
        weight.end(row(y.plus), plus, r);
        if constexpr (both) weight.end(row(y.minus), minus, r);
    }
}

template <class Scalar>
void RowBlocks<Scalar>::add_product(const Planes& x, const Planes& y) const {
    add<true>(x, y, One{});
}

template <class Scalar>
void RowBlocks<Scalar>::add_plus(const Planes& x, Scalar* y_plus) const {
    add<false>(x, Planes{y_plus, nullptr}, One{});
}

template <class Scalar>
void RowBlocks<Scalar>::add_product(const Planes& x, const Planes& y, const Lanes<Scalar>& of_lane,
                                    const Scalar* of_row) const {
    add<true>(x, y, Difference{of_lane, of_row});
}

template class RowBlocks<double>;
template class RowBlocks<float>;

}  // namespace redfield::linalg
