#pragma once

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

/// Packed Hermitian matrices.
///
/// A Hermitian ρ is stored as the one real matrix  R = Re ρ + Im ρ.  Re ρ is the symmetric and Im ρ
/// the antisymmetric part of R, so nothing is lost, ‖R‖_F = ‖ρ‖_F, tr ρ = tr R, tr(ρσ) = Σ R∘S, and a
/// generator of a master equation is a real linear map on R. Rounding can not make such a state
/// non-Hermitian, and every vector operation of an integrator touches half the memory.
namespace redfield {

/// X = H₁ + i H₂ with both Hermitian; X is N×N at `x`, column-major.
struct Split {
    RealMatrix hermitian;      ///< H₁ = (X + X†)/2, packed
    RealMatrix antihermitian;  ///< H₂ = (X − X†)/2i, packed; empty if X = X† exactly
};
REDFIELD_EXPORT Split split(const Complex* x, Index n);
REDFIELD_EXPORT Split split(const ComplexMatrix& x);

/// The packed Hermitian part of X.
REDFIELD_EXPORT RealMatrix pack(const ComplexMatrix& x);

/// The complex matrix H₁ + i H₂ of two packed ones, or H₁ alone where the second is empty; N×N at `out`,
/// column-major.
REDFIELD_EXPORT void join(const RealMatrix& hermitian, const RealMatrix& antihermitian, Complex* out);

/// The complex matrix of a packed one, N×N at `out`, row-major.
REDFIELD_EXPORT void join_transposed(const RealMatrix& packed, Complex* out);
REDFIELD_EXPORT void join_transposed(const RealMatrix& packed, std::complex<float>* out);

/// |ψ⟩⟨ψ|, packed.
REDFIELD_EXPORT RealMatrix pack_ket(const Eigen::VectorXcd& psi);

/// The complex Hermitian matrix that `packed` stands for.
REDFIELD_EXPORT ComplexMatrix unpack(const RealMatrix& packed);

/// ‖X‖₁ = Σ|λ| of a packed Hermitian matrix, the trace norm.
REDFIELD_EXPORT double trace_norm(const RealMatrix& packed);

}  // namespace redfield
