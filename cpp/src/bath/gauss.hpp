#pragma once

#include "redfield/base/types.hpp"

namespace redfield::bath {

/// Gauss's points and weights on [−1, 1] (Golub & Welsch, doi:10.2307/2004418), and the Legendre
/// polynomials at the points.
struct GaussRule {
    explicit GaussRule(Index points);

    /// Coefficients of Σ a_n P_n of values at the points.
    template <class Values>
    auto series(const Values& values) const {
        return (to_series * values).eval();
    }

    RealVector x, weight;
    RealMatrix to_series;  ///< [n, k] = (n + ½) P_n(x_k) weight_k
};

}  // namespace redfield::bath
