#pragma once

#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

/// Packed Hermitian matrices.
///
/// A Hermitian ρ is stored as the one real matrix  R = Re ρ + Im ρ.  Re ρ is the symmetric and Im ρ
/// the antisymmetric part of R, so nothing is lost, ‖R‖_F = ‖ρ‖_F, tr ρ = tr R, tr(ρσ) = Σ R∘S, and a
/// generator of a master equation is a real linear map on R. Rounding can not make such a state
/// non-Hermitian, and every vector operation of an integrator touches half the memory.
namespace redfield {

/// The Hermitian part (X + X†)/2 of X, packed.
REDFIELD_EXPORT RealMatrix pack(const ComplexMatrix& x);

/// The Hermitian matrix H₂ = (X − X†)/2i of X = H₁ + i H₂, packed.
REDFIELD_EXPORT RealMatrix pack_antihermitian(const ComplexMatrix& x);

/// The complex Hermitian matrix that `packed` stands for.
REDFIELD_EXPORT ComplexMatrix unpack(const RealMatrix& packed);

/// The same into row-major memory of N² entries.
REDFIELD_EXPORT void unpack_row_major(const RealMatrix& packed, Complex* out);

/// max |X_kl − X*_lk|.
REDFIELD_EXPORT double hermitian_defect(const ComplexMatrix& x);

/// ‖X‖₁ = Σ|λ| of a packed Hermitian matrix, the trace norm.
REDFIELD_EXPORT double trace_norm(const RealMatrix& packed);

}  // namespace redfield
