#include "bath/gauss.hpp"

#include <cmath>

#include "linalg/decompositions.hpp"

namespace redfield::bath {

namespace {

/// P_0(x), …, P_m(x).
struct Polynomials {
    RealVector p;
    double slope;  ///< P_m'(x)
};

Polynomials polynomials(double x, Index m) {
    RealVector p(m + 1);
    p[0] = 1.0;
    double before = 0.0;
    for (Index n = 0; n < m; ++n) {
        const auto d = static_cast<double>(n);
        p[n + 1] = ((2.0 * d + 1.0) * x * p[n] - d * before) / (d + 1.0);
        before = p[n];
    }
    return {p, static_cast<double>(m) * (before - x * p[m]) / (1.0 - x * x)};
}

}  // namespace

GaussRule::GaussRule(Index points) : to_series(points, points) {
    RealVector beside(points - 1);  // the diagonal of Jacobi's matrix
    for (Index k = 1; k < points; ++k) {
        const auto d = static_cast<double>(k);
        beside[k - 1] = d / std::sqrt(4.0 * d * d - 1.0);
    }
    x = linalg::tridiagonal_modes(RealVector::Zero(points), beside, "Gauss's rule").values;
    weight.resize(points);
    for (Index k = 0; k < points; ++k) {
        // A step of Newton's takes the eigenvalue to the last digit.
        const Polynomials near = polynomials(x[k], points);
        x[k] -= near.p[points] / near.slope;
        const auto [p, slope] = polynomials(x[k], points);
        weight[k] = 2.0 / ((1.0 - x[k] * x[k]) * slope * slope);
        for (Index n = 0; n < points; ++n)
            to_series(n, k) = (static_cast<double>(n) + 0.5) * p[n] * weight[k];
    }
}

}  // namespace redfield::bath
