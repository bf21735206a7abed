#include "evolve/matrix_exponential.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "redfield/linalg/monitor.hpp"

namespace redfield::integrators {

namespace {

/// a·b, in pieces between which a stop is noticed.
void multiply(const RealMatrix& a, const RealMatrix& b, RealMatrix& out) {
    out.resize(a.rows(), b.cols());
    const Index piece = std::max<Index>(1, 200'000'000 / std::max<Index>(1, a.rows() * a.cols()));
    for (Index first = 0; first < b.cols(); first += piece) {
        linalg::poll();
        const Index count = std::min(piece, b.cols() - first);
        out.middleCols(first, count).noalias() = a * b.middleCols(first, count);
    }
}

}  // namespace

RealMatrix matrix_exponential(const RealMatrix& matrix) {
    const double one = matrix.cwiseAbs().colwise().sum().maxCoeff();
    const double infinity = matrix.cwiseAbs().rowwise().sum().maxCoeff();
    const double norm = std::sqrt(one) * std::sqrt(infinity);  // ≥ ‖A‖₂
    if (!std::isfinite(norm))                                  // nor is the exponential
        return RealMatrix::Constant(matrix.rows(), matrix.cols(), std::nan(""));
    const int squarings =
        norm > exponential_radius
            ? static_cast<int>(std::ceil(std::log2(norm) - std::log2(exponential_radius)))
            : 0;
    const RealMatrix a = std::ldexp(1.0, -squarings) * matrix;
    RealMatrix a2, a3, a4;
    multiply(a, a, a2);
    multiply(a2, a, a3);
    multiply(a2, a2, a4);
    std::array<double, 17> c{1.0};
    for (std::size_t k = 1; k < c.size(); ++k) c[k] = c[k - 1] / static_cast<double>(k);
    RealMatrix sum = c[16] * a4, next;
    for (std::size_t block = 4; block-- > 0;) {
        const std::size_t k = 4 * block;
        sum += c[k + 1] * a + c[k + 2] * a2 + c[k + 3] * a3;
        sum.diagonal().array() += c[k];
        if (block == 0) break;
        multiply(sum, a4, next);
        sum.swap(next);
    }
    for (int i = 0; i < squarings; ++i) {
        multiply(sum, sum, next);
        sum.swap(next);
    }
    return sum;
}

}  // namespace redfield::integrators
