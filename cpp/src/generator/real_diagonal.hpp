#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::generator {

/// The diagonal of a matrix that has nothing else and is real, or nothing.
template <class Scalar>
std::vector<Scalar> real_diagonal(const SparseMatrix& m) {
    std::vector<Scalar> out(static_cast<std::size_t>(m.rows()), Scalar(0));
    for (Index c = 0; c < m.outerSize(); ++c)
        for (SparseMatrix::InnerIterator it(m, c); it; ++it) {
            if (it.value() == Complex(0.0)) continue;
            if (it.row() != c || it.value().imag() != 0.0) return {};
            out[static_cast<std::size_t>(c)] = static_cast<Scalar>(it.value().real());
        }
    return out;
}

}  // namespace redfield::generator
