#pragma once

#include "redfield/system/couplings.hpp"

namespace redfield::driven {

/// Part of an operator's entries up to which it is multiplied as a sparse one.
inline constexpr double sparse_part = 0.2;

/// An operator as products take less with it.
inline Operator cheaper(const ComplexMatrix& x) {
    const auto filled = static_cast<double>((x.array() != Complex(0.0)).count());
    if (filled > sparse_part * static_cast<double>(x.size())) return x;
    SparseMatrix sparse = x.sparseView();
    sparse.makeCompressed();
    return sparse;
}

}  // namespace redfield::driven
