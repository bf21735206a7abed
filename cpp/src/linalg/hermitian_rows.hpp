#pragma once

#include "redfield/linalg/hermitian.hpp"

/// split() and join() of row-major memory, as NumPy's arrays have it.
namespace redfield::linalg {

Split split_rows(const Complex* x, Index n);
void join_rows(const RealMatrix& hermitian, const RealMatrix& antihermitian, Complex* out);

}  // namespace redfield::linalg
