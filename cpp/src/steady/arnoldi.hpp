#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// Eigenvalues of largest modulus of a real map, and their vectors.
struct Ritz {
    Eigen::VectorXcd values;
    ComplexMatrix vectors;
};

/// `wanted` of them, or as many as the Krylov space of `start` has, by Arnoldi iteration in a space that
/// grows until each residual is below tol times its eigenvalue; ConvergenceError where `longest` vectors
/// do not suffice.
Ritz arnoldi(const LinearMap& map, const RealVector& start, Index wanted, double tol, Index longest);

}  // namespace redfield::steady
