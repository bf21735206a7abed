#pragma once

#include "redfield/base/types.hpp"

// Eigen's solvers are templates of seconds to a minute of compiling each: those that the core uses are
// compiled once, behind these functions. `what` names in a ConvergenceError whose problem it was that did
// not converge.
namespace redfield::linalg {

/// Throws the ConvergenceError.
void require_converged(bool converged, const char* what);

/// A = V diag(λ) V†, λ ascending.
template <class Matrix>
struct HermitianModes {
    RealVector values;
    Matrix vectors;
};

HermitianModes<RealMatrix> hermitian_modes(const RealMatrix& a, const char* what);
HermitianModes<ComplexMatrix> hermitian_modes(const ComplexMatrix& a, const char* what);
RealVector hermitian_values(const ComplexMatrix& a, const char* what);
/// The modes of the symmetric tridiagonal matrix with this diagonal (n) and these numbers beside it (n −
/// 1).
HermitianModes<RealMatrix> tridiagonal_modes(const RealVector& diagonal, const RealVector& beside,
                                             const char* what);

/// A V = V diag(λ).
struct GeneralModes {
    VectorOf<Complex> values;
    ComplexMatrix vectors;
};

GeneralModes general_modes(const RealMatrix& a, const char* what);
GeneralModes general_modes(const ComplexMatrix& a, const char* what);
VectorOf<Complex> general_values(const RealMatrix& a, const char* what);

/// A = U T U†, T upper triangular.
struct Schur {
    ComplexMatrix vectors, triangle;
};

Schur schur(const ComplexMatrix& a, const char* what);

/// An orthonormal basis (n, k) of the space of k ≤ n independent columns, by Householder's reflections.
RealMatrix orthonormal_columns(const RealMatrix& a);
/// R (min(n, k), k), upper triangular, of A = QR.
ComplexMatrix triangle_of(const ComplexMatrix& a);

/// X of A X = B, by LU with partial pivoting.
ComplexMatrix solve(const ComplexMatrix& a, const ComplexMatrix& b);

}  // namespace redfield::linalg
