#pragma once

#include "redfield/linalg/types.hpp"

namespace redfield::linalg {

/// Where the spectrum of a Hermitian matrix lies.
struct Range {
    double least, most;
};

/// (N,) without any symmetry, so that no eigenvector of a structured matrix is orthogonal to it.
Eigen::VectorXcd without_symmetry(Index n);

/// An interval that holds every eigenvalue of a Hermitian matrix, a percent or so wider than they reach.
///
/// Lanczos' method, θ being the extreme Ritz values and r the residual of theirs: the spectrum reaches
/// hardly beyond [θ_min − ‖r‖, θ_max + ‖r‖] (Zhou & Li, doi:10.1016/j.laa.2010.10.002), and surely not
/// beyond Gershgorin's discs.
Range spectral_range(const SparseMatrix& h);
Range spectral_range(const ComplexMatrix& h);

}  // namespace redfield::linalg
