#pragma once

#include "redfield/base/types.hpp"

namespace redfield::linalg {

/// An interval of eigenvalues.
struct Range {
    double least, most;
};

/// (N,) without any symmetry, so that no eigenvector of a structured matrix is orthogonal to it.
Eigen::VectorXcd without_symmetry(Index n);

/// An interval that holds every eigenvalue of a Hermitian matrix H, a percent or so wider than they
/// reach.
///
/// Lanczos' process is Arnoldi's (linalg/arnoldi.hpp) of a Hermitian matrix, whose projection T_k is
/// tridiagonal, so that three vectors suffice:
///
///     H v_k = β_{k−1} v_{k−1} + α_k v_k + β_k v_{k+1}.
///
/// Earlier vectors are not orthogonalised against: their loss repeats extreme Ritz values θ of T_k that
/// have converged, and moves none. With the norms r = β_k |y_k| of the residuals of the two extreme ones,
/// the spectrum reaches hardly beyond [θ_min − r_min, θ_max + r_max] (Zhou & Li,
/// doi:10.1016/j.laa.2010.10.002), and surely not beyond Gershgorin's discs.
Range spectral_range(const SparseMatrix& h);
Range spectral_range(const ComplexMatrix& h);

}  // namespace redfield::linalg
