#pragma once

#include "redfield/base/types.hpp"

namespace redfield::ensemble {

/// An argument that is given once belongs to every member.
inline std::size_t place(std::size_t count, std::size_t i) { return count == 1 ? 0 : i; }

/// Column i, at the frequencies of EigensystemBatch, as the table of all pairs of levels; empty of an
/// empty one.
template <class Scalar>
MatrixOf<Scalar> table_of(const MatrixOf<Scalar>& columns, std::size_t i, Index n) {
    if (columns.size() == 0) return {};
    const auto c = static_cast<Index>(place(static_cast<std::size_t>(columns.cols()), i));
    const Scalar* next = columns.col(c).data();
    MatrixOf<Scalar> out(n, n);
    out.diagonal().setConstant(*next++);
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < l; ++k) {
            out(k, l) = *next++;
            out(l, k) = *next++;
        }
    return out;
}

}  // namespace redfield::ensemble
