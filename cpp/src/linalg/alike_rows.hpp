#pragma once

#include <cstdint>
#include <vector>

#include "linalg/sparse_rows.hpp"

namespace redfield::linalg {

/// Rows of a sparse matrix whose non-zeros are in the same columns.
struct AlikeRows {
    std::vector<std::int32_t> rows, columns;
};

/// All sets of at least `least_rows` rows with the same, at least `least_columns`, columns. Rows are
/// sorted by a hash of their columns, then compared: O(non-zeros).
std::vector<AlikeRows> alike_rows(const RowMajorSparse& m, std::size_t least_rows,
                                  std::size_t least_columns);

}  // namespace redfield::linalg
