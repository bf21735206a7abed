#pragma once

#include <cmath>

#include "redfield/base/errors.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield::system {

inline bool all_finite(const ComplexMatrix& a) { return a.allFinite(); }

inline bool all_finite(const SparseMatrix& a) {
    for (Index k = 0; k < a.outerSize(); ++k)
        for (SparseMatrix::InnerIterator it(a, k); it; ++it)
            if (!std::isfinite(it.value().real()) || !std::isfinite(it.value().imag())) return false;
    return true;
}

/// std::invalid_argument where a matrix does not fit a system of dimension n; its name is said in parts.
template <class Matrix, class... Name>
void require_operator(const Matrix& a, Index n, const Name&... name) {
    require(a.rows() == n && a.cols() == n, name..., " is ", a.rows(), " x ", a.cols(),
            ", the system has ", n, " levels");
    require(all_finite(a), name..., " has an entry that is NaN or infinite");
}

template <class... Name>
void require_operator(const Operator& a, Index n, const Name&... name) {
    std::visit([&](const auto& matrix) { require_operator(matrix, n, name...); }, a);
}

}  // namespace redfield::system
