#include "bath/gauss.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace redfield::bath {

GaussRule::GaussRule(Index points) : to_series(points, points) {
    RealMatrix jacobi = RealMatrix::Zero(points, points);
    for (Index k = 1; k < points; ++k) {
        const auto d = static_cast<double>(k);
        jacobi(k, k - 1) = d / std::sqrt(4.0 * d * d - 1.0);
    }
    const Eigen::SelfAdjointEigenSolver<RealMatrix> eigen(jacobi);
    x = eigen.eigenvalues();
    weight = 2.0 * eigen.eigenvectors().row(0).transpose().cwiseAbs2();
    for (Index k = 0; k < points; ++k) {
        double before = 0.0, now = 1.0;
        for (Index n = 0; n < points; ++n) {
            const auto d = static_cast<double>(n);
            to_series(n, k) = (d + 0.5) * now * weight[k];
            const double next = ((2.0 * d + 1.0) * x[k] * now - d * before) / (d + 1.0);
            before = now;
            now = next;
        }
    }
}

}  // namespace redfield::bath
