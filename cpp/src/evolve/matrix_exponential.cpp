#include "evolve/matrix_exponential.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "linalg/product.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::integrators {

namespace {

/// Rows from which the core's own kernel takes less time than Eigen's: a tenth less at 64 (AVX-512).
constexpr Index rows_of_own_kernel = 64;

/// a·b, in pieces between which a stop is noticed.
template <class Scalar>
void multiply(const MatrixOf<Scalar>& a, const MatrixOf<Scalar>& b, MatrixOf<Scalar>& out) {
    out.resize(a.rows(), b.cols());
    const Index piece = std::max<Index>(1, 200'000'000 / std::max<Index>(1, a.rows() * a.cols()));
    for (Index first = 0; first < b.cols(); first += piece) {
        base::poll();
        const Index count = std::min(piece, b.cols() - first);
        if constexpr (std::is_same_v<Scalar, double>) {
            if (a.rows() >= rows_of_own_kernel) {
                linalg::product::multiply_columns(a, b, first, count, linalg::Store::assign, out);
                continue;
            }
        }
        out.middleCols(first, count).noalias() = a * b.middleCols(first, count);
    }
}

}  // namespace

template <class Scalar>
void conserve_sum(MatrixOf<Scalar>& m, const std::vector<Index>& rows, double inside) {
    if (rows.empty()) return;
    std::vector<double> target(static_cast<std::size_t>(m.cols()), 0.0);
    for (const Index j : rows) target[static_cast<std::size_t>(j)] = inside;
    for (Index j = 0; j < m.cols(); ++j) {
        Scalar sum = -target[static_cast<std::size_t>(j)];
        double size = 0.0;
        for (const Index i : rows) {
            sum += m(i, j);
            size += std::abs(m(i, j));
        }
        if (!(size > 0.0) || sum == Scalar(0)) continue;
        const Scalar excess = sum / size;
        for (const Index i : rows) m(i, j) -= excess * std::abs(m(i, j));
    }
}

template <class Scalar>
MatrixOf<Scalar> matrix_exponential(const MatrixOf<Scalar>& matrix, const std::vector<Index>& conserved,
                                    int extra) {
    using Matrix = MatrixOf<Scalar>;
    const double one = matrix.cwiseAbs().colwise().sum().maxCoeff();
    const double infinity = matrix.cwiseAbs().rowwise().sum().maxCoeff();
    const double norm = std::sqrt(one) * std::sqrt(infinity);  // ≥ ‖A‖₂
    if (!std::isfinite(norm))                                  // nor is the exponential
        return Matrix::Constant(matrix.rows(), matrix.cols(), std::numeric_limits<double>::quiet_NaN());
    const int squarings =
        extra + (norm > exponential_radius
                     ? static_cast<int>(std::ceil(std::log2(norm) - std::log2(exponential_radius)))
                     : 0);
    const Matrix a = std::ldexp(1.0, -squarings) * matrix;
    Matrix a2, a3, a4;
    multiply(a, a, a2);
    multiply(a2, a, a3);
    multiply(a2, a2, a4);
    std::array<double, 17> c{1.0};
    for (std::size_t k = 1; k < c.size(); ++k) c[k] = c[k - 1] / static_cast<double>(k);
    Matrix sum = c[16] * a4, next;
    for (std::size_t block = 4; block-- > 0;) {
        const std::size_t k = 4 * block;
        sum += c[k + 1] * a + c[k + 2] * a2 + c[k + 3] * a3;
        sum.diagonal().array() += c[k];
        if (block == 0) break;
        multiply(sum, a4, next);
        sum.swap(next);
    }
    conserve_sum(sum, conserved, 1.0);
    for (int i = 0; i < squarings; ++i) {
        multiply(sum, sum, next);
        sum.swap(next);
        conserve_sum(sum, conserved, 1.0);
    }
    return sum;
}

template void conserve_sum<double>(RealMatrix&, const std::vector<Index>&, double);
template void conserve_sum<Complex>(ComplexMatrix&, const std::vector<Index>&, double);
template RealMatrix matrix_exponential<double>(const RealMatrix&, const std::vector<Index>&, int);
template ComplexMatrix matrix_exponential<Complex>(const ComplexMatrix&, const std::vector<Index>&, int);

}  // namespace redfield::integrators
