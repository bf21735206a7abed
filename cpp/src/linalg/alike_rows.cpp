#include "linalg/alike_rows.hpp"

#include <algorithm>
#include <utility>

namespace redfield::linalg {

namespace {

std::vector<std::int32_t> columns_of(const RowMajorSparse& m, Index row) {
    std::vector<std::int32_t> out;
    for (RowMajorSparse::InnerIterator it(m, row); it; ++it)
        if (it.value() != Complex(0.0)) out.push_back(static_cast<std::int32_t>(it.col()));
    return out;
}

/// (hash of the columns, row) of every row with enough of them, sorted (FNV-1a).
std::vector<std::pair<std::uint64_t, std::int32_t>> sorted_hashes(const RowMajorSparse& m,
                                                                  std::size_t least_columns) {
    std::vector<std::pair<std::uint64_t, std::int32_t>> out;
    for (Index r = 0; r < m.rows(); ++r) {
        std::uint64_t hash = 1469598103934665603U;
        std::size_t count = 0;
        for (RowMajorSparse::InnerIterator it(m, r); it; ++it) {
            if (it.value() == Complex(0.0)) continue;
            hash = (hash ^ static_cast<std::uint64_t>(it.col())) * 1099511628211U;
            ++count;
        }
        if (count >= least_columns) out.emplace_back(hash, static_cast<std::int32_t>(r));
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

std::vector<AlikeRows> alike_rows(const RowMajorSparse& m, std::size_t least_rows,
                                  std::size_t least_columns) {
    const auto hashes = sorted_hashes(m, least_columns);
    std::vector<AlikeRows> out;
    for (std::size_t first = 0, last = 0; first < hashes.size(); first = last) {
        while (last < hashes.size() && hashes[last].first == hashes[first].first) ++last;
        if (last - first < least_rows) continue;
        AlikeRows group{{}, columns_of(m, hashes[first].second)};
        for (std::size_t i = first; i < last; ++i)
            if (columns_of(m, hashes[i].second) == group.columns) group.rows.push_back(hashes[i].second);
        if (group.rows.size() >= least_rows) out.push_back(std::move(group));
    }
    return out;
}

}  // namespace redfield::linalg
