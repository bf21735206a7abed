#include "steady/no_jump.hpp"

#include <memory>

#include "base/apart.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::steady {

void solve_sylvester(const Eigen::Ref<const ComplexMatrix>& a, const Eigen::Ref<const ComplexMatrix>& b,
                     Eigen::Ref<ComplexMatrix> c, double smallest) {
    constexpr Index leaf = 16;
    const Index m = c.rows(), n = c.cols();
    if (m > leaf && m >= n) {
        const Index first = m / 2, second = m - first;
        solve_sylvester(a.bottomRightCorner(second, second), b, c.bottomRows(second), smallest);
        c.topRows(first).noalias() -= a.topRightCorner(first, second) * c.bottomRows(second);
        solve_sylvester(a.topLeftCorner(first, first), b, c.topRows(first), smallest);
        return;
    }
    if (n > leaf) {
        const Index first = n / 2, second = n - first;
        solve_sylvester(a, b.bottomRightCorner(second, second), c.rightCols(second), smallest);
        c.leftCols(first).noalias() -= c.rightCols(second) * b.topRightCorner(first, second).adjoint();
        solve_sylvester(a, b.topLeftCorner(first, first), c.leftCols(first), smallest);
        return;
    }
    for (Index j = n - 1; j >= 0; --j) {
        auto column = c.col(j);
        for (Index k = j + 1; k < n; ++k) column -= std::conj(b(j, k)) * c.col(k);
        for (Index i = m - 1; i >= 0; --i) {
            Complex denominator = a(i, i) + std::conj(b(j, j));
            if (std::abs(denominator) < smallest) denominator = -smallest;
            column[i] /= denominator;
            column.head(i) -= column[i] * a.col(i).head(i);
        }
    }
}

NoJumpInverse::NoJumpInverse(const ComplexMatrix& drift) {
    constexpr Index long_levels = 80;  // from which it may take longer than an interrupt may wait
    const auto form = [drift] { return linalg::schur(drift, "the Schur form of −iH − K"); };
    linalg::Schur schur = drift.rows() < long_levels ? form() : base::apart(form);
    vectors_ = std::move(schur.vectors);
    triangle_ = std::move(schur.triangle);
}

NoJumpInverse NoJumpInverse::shifted(double shift, double smallest) const {
    NoJumpInverse out = *this;
    out.triangle_.diagonal().array() -= 0.5 * shift;
    out.smallest_ = smallest;
    return out;
}

void NoJumpInverse::apply(const RealVector& packed, RealVector& result) const {
    const Index n = vectors_.rows();
    const ComplexMatrix x = unpack(RealMatrix(Eigen::Map<const RealMatrix>(packed.data(), n, n)));
    ComplexMatrix product(n, n), y(n, n);
    product.noalias() = x * vectors_;
    y.noalias() = vectors_.adjoint() * product;
    solve_sylvester(triangle_, triangle_, y, smallest_);
    product.noalias() = y * vectors_.adjoint();
    y.noalias() = vectors_ * product;
    const RealMatrix out = pack(y);
    result = Eigen::Map<const RealVector>(out.data(), out.size());
}

}  // namespace redfield::steady
