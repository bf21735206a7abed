#pragma once

#include "redfield/linalg/csr.hpp"
#include "redfield/linalg/planar.hpp"

namespace redfield::generator {

/// out = Dρ of packed Hermitian states, by the rows (a, b) with a ≤ b of D on column-stacked ones.
void apply_upper_rows(const CsrMatrix& matrix, const ConstRef& rho, MutableRef out,
                      linalg::Workspace& ws);

}  // namespace redfield::generator
