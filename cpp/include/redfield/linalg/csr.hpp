#pragma once

#include <cstdint>
#include <vector>

#include "redfield/base/types.hpp"

namespace redfield {

/// A complex matrix in compressed sparse rows; column indices ascend within a row.
struct CsrMatrix {
    Index rows = 0, cols = 0;
    std::vector<std::int32_t> row_start;  ///< rows + 1 entries
    std::vector<std::int32_t> column;
    std::vector<Complex> value;

    Index non_zeros() const { return static_cast<Index>(value.size()); }
};

/// Bytes that one entry of a CsrMatrix takes.
constexpr double csr_entry_bytes = sizeof(Complex) + sizeof(std::int32_t);

/// How to build a matrix representation of a generator.
struct AssemblyOptions {
    double threshold = 0.0;        ///< entries of at most this modulus are left out, an energy
    double max_bytes = 1e300;      ///< std::length_error names the bytes where more would be needed
    int threads = 0;               ///< 0 chooses
    bool free_rotation = true;     ///< whether −i[H, ρ] is included
    bool upper_rows_only = false;  ///< only the rows (a, b) with a ≤ b; the others are left empty
};

}  // namespace redfield
