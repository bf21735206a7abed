#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

struct RitzPairs {
    VectorOf<Complex> values;
    ComplexMatrix vectors;  ///< as columns, of norm 1
};

/// The `wanted` eigenvalues of largest modulus of a real map A with their vectors, or as many as the
/// Krylov space of `start` has, by Arnoldi's method: with A V_k = V_{k+1} H_k and H y = θ y of the square
/// part H of H_k, the pair (θ, V_k y) has the residual
///
///     ‖A V_k y − θ V_k y‖ = h_{k+1,k} |y_k|.
///
/// The space grows until that is at most tol |θ| of each; ConvergenceError where `longest` vectors do not
/// suffice.
RitzPairs ritz_pairs(const LinearMap& a, const RealVector& start, Index wanted, double tol,
                     Index longest);

}  // namespace redfield::steady
