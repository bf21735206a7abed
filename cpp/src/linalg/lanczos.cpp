#include "linalg/lanczos.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/decompositions.hpp"

namespace redfield::linalg {

namespace {

Range gershgorin(const SparseMatrix& h) {
    RealVector centre = RealVector::Zero(h.cols()), radius = RealVector::Zero(h.cols());
    for (Index c = 0; c < h.outerSize(); ++c)
        for (SparseMatrix::InnerIterator it(h, c); it; ++it) {
            if (it.row() == c)
                centre[c] += it.value().real();
            else
                radius[c] += std::abs(it.value());
        }
    return {(centre - radius).minCoeff(), (centre + radius).maxCoeff()};
}

Range gershgorin(const ComplexMatrix& h) {
    const RealVector centre = h.diagonal().real();
    const RealVector radius = h.cwiseAbs().colwise().sum().transpose() - h.diagonal().cwiseAbs();
    return {(centre - radius).minCoeff(), (centre + radius).maxCoeff()};
}

/// Ritz values and residuals of the tridiagonal matrix.
Range ritz(const std::vector<double>& alpha, const std::vector<double>& beta, double& residual) {
    const auto m = static_cast<Index>(alpha.size());
    const RealVector off = Eigen::Map<const RealVector>(beta.data(), std::max<Index>(m - 1, 0));
    const auto [values, y] =
        tridiagonal_modes(Eigen::Map<const RealVector>(alpha.data(), m), off, "Lanczos: Ritz values");
    const double low = beta.back() * std::abs(y(m - 1, 0));
    const double high = beta.back() * std::abs(y(m - 1, m - 1));
    residual = std::max(low, high);
    return {values[0] - low, values[m - 1] + high};
}

template <class Matrix>
Range by_lanczos(const Matrix& h) {
    const Range outer = gershgorin(h);
    const Index n = h.rows();
    const double size = std::max(std::abs(outer.least), std::abs(outer.most));
    if (size == 0.0 || outer.most == outer.least) return outer;
    Eigen::VectorXcd v = without_symmetry(n).normalized(), before = Eigen::VectorXcd::Zero(n), next(n);
    std::vector<double> alpha, beta;
    Range range = outer;
    const Index steps = std::min<Index>(n, 120);
    for (Index k = 0; k < steps; ++k) {
        next.noalias() = h * v;  // next ← H v_k − β_{k−1} v_{k−1} − α_k v_k
        if (k > 0) next -= beta.back() * before;
        alpha.push_back(v.dot(next).real());
        next -= alpha.back() * v;
        beta.push_back(next.norm());
        const bool ends = beta.back() <= 1e-12 * size;  // an invariant subspace
        if (ends || k + 1 == steps || k % 10 == 9) {
            double residual = 0.0;
            range = ritz(alpha, beta, residual);
            if (ends || residual <= 0.005 * (range.most - range.least)) break;
        }
        before.swap(v);
        v = next / beta.back();
    }
    // Margin for unconverged Ritz values and for eigenvectors outside an invariant subspace.
    const double slack = 0.01 * (range.most - range.least) + 1e-12 * size;
    return {std::max(outer.least, range.least - slack), std::min(outer.most, range.most + slack)};
}

}  // namespace

Eigen::VectorXcd without_symmetry(Index n) {
    Eigen::VectorXcd v(n);
    for (Index k = 0; k < n; ++k)
        v[k] = Complex(1.0 + 0.5 * std::sin(1.7 * static_cast<double>(k) + 0.3),
                       0.5 * std::cos(2.3 * static_cast<double>(k)));
    return v;
}

Range spectral_range(const SparseMatrix& h) { return by_lanczos(h); }
Range spectral_range(const ComplexMatrix& h) { return by_lanczos(h); }

}  // namespace redfield::linalg
