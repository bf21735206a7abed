#pragma once

#include "redfield/linalg/csr.hpp"
#include "redfield/linalg/workspace.hpp"

namespace redfield::generator {

/// out = Dρ of packed Hermitian states, by the rows (a, b) with a ≤ b of D on column-stacked ones, whose
/// values are `value`.
template <class Scalar>
void apply_upper_rows(const CsrMatrix& pattern, const std::vector<std::complex<Scalar>>& value,
                      const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
                      linalg::BasicWorkspace<Scalar>& ws);

}  // namespace redfield::generator
