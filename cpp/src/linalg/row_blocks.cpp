#include "linalg/row_blocks.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace redfield::linalg {

namespace {

constexpr std::size_t least_columns = 4;

/// Rows with the same columns, at least `least_rows` each.
struct Alike {
    std::vector<std::int32_t> rows, columns;
};

std::vector<std::int32_t> columns_of(const RowMajorSparse& m, Index row) {
    std::vector<std::int32_t> out;
    for (RowMajorSparse::InnerIterator it(m, row); it; ++it)
        if (it.value() != Complex(0.0)) out.push_back(static_cast<std::int32_t>(it.col()));
    return out;
}

std::vector<Alike> alike_rows(const RowMajorSparse& m, std::size_t least_rows) {
    // By a hash of their columns first: mostly there are none.
    std::vector<std::pair<std::uint64_t, std::int32_t>> hashes;
    for (Index r = 0; r < m.rows(); ++r) {
        std::uint64_t hash = 1469598103934665603U;
        std::size_t count = 0;
        for (RowMajorSparse::InnerIterator it(m, r); it; ++it) {
            if (it.value() == Complex(0.0)) continue;
            hash = (hash ^ static_cast<std::uint64_t>(it.col())) * 1099511628211U;
            ++count;
        }
        if (count >= least_columns) hashes.emplace_back(hash, static_cast<std::int32_t>(r));
    }
    std::sort(hashes.begin(), hashes.end());
    std::vector<Alike> out;
    for (std::size_t first = 0, last = 0; first < hashes.size(); first = last) {
        while (last < hashes.size() && hashes[last].first == hashes[first].first) ++last;
        if (last - first < least_rows) continue;
        Alike group{{}, columns_of(m, hashes[first].second)};
        for (std::size_t i = first; i < last; ++i)
            if (columns_of(m, hashes[i].second) == group.columns) group.rows.push_back(hashes[i].second);
        if (group.rows.size() >= least_rows) out.push_back(std::move(group));
    }
    return out;
}

}  // namespace

template <class Scalar>
RowBlocks<Scalar>::RowBlocks(const SparseMatrix& m) {
    const Index n = m.rows();
    const RowMajorSparse rows = m;
    std::vector<bool> in_block(static_cast<std::size_t>(n), false);
    std::map<std::vector<Scalar>, std::size_t> known;
    for (const Alike& alike : alike_rows(rows, height)) {
        const auto& [members, columns] = alike;
        Block block;
        block.row_count = static_cast<Index>(members.size());
        block.column_count = static_cast<Index>(columns.size());
        block.rows = index_.size();
        index_.insert(index_.end(), members.begin(), members.end());
        block.columns = index_.size();
        index_.insert(index_.end(), columns.begin(), columns.end());
        // Rows that fill up the last four are zero.
        const std::size_t fours = (members.size() + height - 1) / height;
        std::vector<Scalar> values(fours * columns.size() * 2 * height, Scalar(0));
        for (std::size_t i = 0; i < members.size(); ++i) {
            in_block[static_cast<std::size_t>(members[i])] = true;
            std::size_t at = (i / height * columns.size()) * 2 * height + i % height;
            for (RowMajorSparse::InnerIterator it(rows, members[i]); it; ++it) {
                if (it.value() == Complex(0.0)) continue;
                values[at] = static_cast<Scalar>(it.value().real());
                values[at + height] = static_cast<Scalar>(it.value().imag());
                block.is_real = block.is_real && it.value().imag() == 0.0;
                at += 2 * height;
            }
        }
        const auto [found, is_new] = known.emplace(std::move(values), values_.size());
        if (is_new) values_.insert(values_.end(), found->first.begin(), found->first.end());
        block.values = found->second;
        blocks_.push_back(block);
    }
    std::sort(blocks_.begin(), blocks_.end(),
              [this](const Block& a, const Block& b) { return index_[a.rows] < index_[b.rows]; });
    for (Index r = 0; r < n; ++r)
        if (!in_block[static_cast<std::size_t>(r)] && RowMajorSparse::InnerIterator(rows, r))
            rest_rows_.push_back(static_cast<std::int32_t>(r));
    if (blocks_.empty()) {
        rest_ = SparseRows<Scalar>(rows);
        return;
    }
    RowMajorSparse rest = rows;
    rest.prune([&](Index r, Index, const Complex&) { return !in_block[static_cast<std::size_t>(r)]; });
    rest_ = SparseRows<Scalar>(rest);
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
        namespace simd = Eigen::internal;
        return simd::pmul(
            x, simd::psub(simd::ploadu<Packet>(of_lane.data() + lane), simd::pset1<Packet>(of_row[row])));
    }
    static Lanes<Scalar> begin(const LanesOut<Scalar>&) { return Lanes<Scalar>::Zero(); }
    void end(LanesOut<Scalar> to, const Lanes<Scalar>& sum, Index row) const {
        to += sum * (of_lane - of_row[row]);
    }
};

template <class Scalar>
template <bool is_real, bool both, class Weight>
void RowBlocks<Scalar>::add_block(const Block& block, const Scalar* x_plus, const Scalar* x_minus,
                                  Scalar* y_plus, Scalar* y_minus, const Weight& weight) const {
    namespace simd = Eigen::internal;
    using Packet = typename simd::packet_traits<Scalar>::type;
    constexpr Index width = lane_count<Scalar>, size = simd::packet_traits<Scalar>::size;
    const std::int32_t* columns = index_.data() + block.columns;
    const std::int32_t* rows = index_.data() + block.rows;
    const Scalar* values = values_.data() + block.values;
    for (Index first = 0; first < block.row_count; first += height) {
        for (Index l = 0; l < width; l += size) {
            Packet plus[height], minus[height];
            for (Index i = 0; i < height; ++i) plus[i] = minus[i] = simd::pset1<Packet>(Scalar(0));
            const Scalar* v = values;
            for (Index c = 0; c < block.column_count; ++c, v += 2 * height) {
                const Index at = width * columns[c] + l;
                const Packet a = simd::ploadu<Packet>(x_plus + at),
                             b = simd::ploadu<Packet>(x_minus + at);
                for (Index i = 0; i < height; ++i) {
                    const Packet re = simd::pset1<Packet>(v[i]);
                    plus[i] = simd::pmadd(re, a, plus[i]);
                    if constexpr (both) minus[i] = simd::pmadd(re, b, minus[i]);
                }
                if constexpr (is_real) continue;
                const Packet negative = simd::pnegate(a);
                for (Index i = 0; i < height; ++i) {
                    const Packet im = simd::pset1<Packet>(v[height + i]);
                    plus[i] = simd::pmadd(im, b, plus[i]);
                    if constexpr (both) minus[i] = simd::pmadd(im, negative, minus[i]);
                }
            }
            for (Index i = 0; i < std::min(height, block.row_count - first); ++i) {
                const Index row = rows[first + i], at = width * row + l;
                const auto put = [&](Scalar* to, const Packet& sum) {
                    simd::pstoreu(to, simd::padd(weight.times(sum, row, l), simd::ploadu<Packet>(to)));
                };
                put(y_plus + at, plus[i]);
                if constexpr (both) put(y_minus + at, minus[i]);
            }
        }
        values += 2 * height * block.column_count;
    }
}

template <class Scalar>
template <bool both, class Weight>
void RowBlocks<Scalar>::add(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus, Scalar* y_minus,
                            const Weight& weight) const {
    constexpr Index width = lane_count<Scalar>;
    for (const Block& block : blocks_)
        if (block.is_real)
            add_block<true, both>(block, x_plus, x_minus, y_plus, y_minus, weight);
        else
            add_block<false, both>(block, x_plus, x_minus, y_plus, y_minus, weight);
    for (const Index r : rest_rows_) {
        const auto row = [&](Scalar* y) { return LanesOut<Scalar>(y + r * width); };
        Lanes<Scalar> plus = weight.begin(row(y_plus)), minus = Lanes<Scalar>::Zero();
        if constexpr (both) minus = weight.begin(row(y_minus));
        rest_.accumulate(r, x_plus, x_minus, plus, minus);
        weight.end(row(y_plus), plus, r);
        if constexpr (both) weight.end(row(y_minus), minus, r);
    }
}

template <class Scalar>
void RowBlocks<Scalar>::add_product(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus,
                                    Scalar* y_minus) const {
    add<true>(x_plus, x_minus, y_plus, y_minus, One{});
}

template <class Scalar>
void RowBlocks<Scalar>::add_plus(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus) const {
    add<false>(x_plus, x_minus, y_plus, nullptr, One{});
}

template <class Scalar>
void RowBlocks<Scalar>::add_product(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus,
                                    Scalar* y_minus, const Lanes<Scalar>& of_lane,
                                    const Scalar* of_row) const {
    add<true>(x_plus, x_minus, y_plus, y_minus, Difference{of_lane, of_row});
}

template class RowBlocks<double>;
template class RowBlocks<float>;

}  // namespace redfield::linalg
