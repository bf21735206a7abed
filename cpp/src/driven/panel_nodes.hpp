#pragma once

#include "redfield/base/types.hpp"
#include "redfield/driven/time_convolutionless.hpp"

namespace redfield::driven {

/// Values of an N×N matrix at the nodes of a panel, one a column of N².
using Samples = ComplexMatrix;

/// Chebyshev's points on [−1, 1], both ends among them, ascending, and the polynomials ℓ_n that are 1 at
/// x_n and 0 at the others.
struct PanelNodes {
    explicit PanelNodes(Index points);

    /// ℓ_n(t), t in [−1, 1], by the barycentric formula.
    RealVector lagrange(double t) const;

    RealVector x, weights;   ///< (points), the latter barycentric
    RealMatrix integral;     ///< (i, n): ∫_{−1}^{x_i} ℓ_n
    RealMatrix last_series;  ///< (n, 2): the two last Chebyshev coefficients of ℓ_n
};

const PanelNodes& panel_nodes();

/// Column i of samples as the matrix that it is.
inline Eigen::Map<ComplexMatrix> matrix(Samples& samples, Index i, Index n) {
    return {samples.col(i).data(), n, n};
}

/// An estimate of the truncation error of samples: the largest of their last two Chebyshev coefficients.
double truncation(const Samples& samples);

}  // namespace redfield::driven
