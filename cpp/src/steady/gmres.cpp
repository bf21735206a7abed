#include "steady/gmres.hpp"

#include <algorithm>
#include <cmath>

namespace redfield::steady {

namespace {

/// One cycle: a Krylov space of A M⁻¹ from `residual`, orthogonalised twice, and the least-squares
/// problem kept triangular by rotations.
class Cycle {
  public:
    Cycle(const RealVector& residual, Index length)
        : basis_(residual.size(), length + 1),
          triangle_(RealMatrix::Zero(length + 1, length)),
          cosine_(length),
          sine_(length),
          right_(RealVector::Zero(length + 1)) {
        right_[0] = residual.norm();
        basis_.col(0) = residual / right_[0];
    }

    /// Adds A M⁻¹ of the last basis vector; returns the norm of the residual that remains.
    double extend(const LinearMap& a, const Preconditioner& precondition) {
        const Index k = size_;
        vector_ = basis_.col(k);
        prepared_.resize(vector_.size());
        precondition(vector_, prepared_);
        a(prepared_, vector_);
        RealVector column = RealVector::Zero(k + 2);
        const double before = vector_.norm();
        const auto known = basis_.leftCols(k + 1);
        for (int pass = 0; pass < 2; ++pass) {
            const RealVector along = known.transpose() * vector_;
            vector_.noalias() -= known * along;
            column.head(k + 1) += along;
        }
        column[k + 1] = vector_.norm();
        // The rounding left of a vector inside the space is no new direction.
        exhausted_ = column[k + 1] <= 1e-14 * before;
        if (exhausted_) column[k + 1] = 0.0;
        basis_.col(k + 1) = exhausted_ ? vector_ : RealVector(vector_ / column[k + 1]);
        for (Index i = 0; i < k; ++i) rotate(column[i], column[i + 1], cosine_[i], sine_[i]);
        const double length = std::hypot(column[k], column[k + 1]);
        cosine_[k] = length > 0.0 ? column[k] / length : 1.0;
        sine_[k] = length > 0.0 ? column[k + 1] / length : 0.0;
        rotate(column[k], column[k + 1], cosine_[k], sine_[k]);
        rotate(right_[k], right_[k + 1], cosine_[k], sine_[k]);
        triangle_.col(k).head(k + 2) = column;
        ++size_;
        return std::abs(right_[k + 1]);
    }

    bool exhausted() const { return exhausted_; }

    /// M⁻¹ V y of the least-squares solution.
    RealVector step(const Preconditioner& precondition) const {
        // A direction that A maps to nothing has no part in the solution.
        Index rank = size_;
        const double scale = triangle_.diagonal().head(size_).cwiseAbs().maxCoeff();
        while (rank > 0 && std::abs(triangle_(rank - 1, rank - 1)) <= 1e-15 * scale) --rank;
        RealVector y = right_.head(rank);
        triangle_.topLeftCorner(rank, rank).triangularView<Eigen::Upper>().solveInPlace(y);
        const RealVector combined = basis_.leftCols(rank) * y;
        RealVector out(combined.size());
        precondition(combined, out);
        return out;
    }

  private:
    static void rotate(double& x, double& y, double c, double s) {
        const double rotated = c * x + s * y;
        y = c * y - s * x;
        x = rotated;
    }

    RealMatrix basis_, triangle_;
    RealVector cosine_, sine_, right_, vector_, prepared_;
    Index size_ = 0;
    bool exhausted_ = false;
};

}  // namespace

Solution gmres(const LinearMap& a, const Preconditioner& precondition, const RealVector& b, double rtol,
               const std::function<void(double)>& report) {
    constexpr int cycles = 10;
    const double scale = b.norm();
    Solution out{RealVector::Zero(b.size()), 1.0};
    if (scale == 0.0) return {out.x, 0.0};
    const double wanted = std::max(0.5 * rtol, 1e-15) * scale;
    RealVector residual = b;
    for (int c = 0; c < cycles && out.residual > rtol; ++c) {
        const Index length = std::min(precondition.restart, b.size());
        Cycle cycle(residual, length);
        for (Index k = 0; k < length; ++k) {
            const double left = cycle.extend(a, precondition);
            report(std::min(1.0, std::log(std::max(left / scale, 1e-300)) / std::log(rtol)));
            if (left <= wanted || cycle.exhausted()) break;
        }
        out.x += cycle.step(precondition);
        a(out.x, residual);
        residual = b - residual;
        const double before = out.residual;
        out.residual = residual.norm() / scale;
        if (!(out.residual < 0.9 * before)) break;
    }
    return out;
}

}  // namespace redfield::steady
