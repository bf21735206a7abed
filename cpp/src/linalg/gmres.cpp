#include "redfield/linalg/gmres.hpp"

#include <Eigen/Jacobi>
#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/arnoldi.hpp"

namespace redfield::linalg {

namespace {

/// min ‖β e_1 − H y‖ over y (k,) for a Hessenberg matrix H (k+1, k) that grows by columns: Givens
/// rotations turn H into an upper triangle R and β e_1 into g, whose last component is the residual.
template <class Scalar>
class HessenbergLeastSquares {
  public:
    HessenbergLeastSquares(double beta, Index longest)
        : triangle_(longest, longest), right_(longest + 1) {
        rotations_.reserve(static_cast<std::size_t>(longest));
        right_[0] = beta;
    }

    /// Appends a column (k+1,) of H; returns the norm of the residual.
    double append(VectorOf<Scalar> column) {
        const auto k = static_cast<Index>(rotations_.size());
        for (Index i = 0; i < k; ++i)
            column.applyOnTheLeft(i, i + 1, rotations_[static_cast<std::size_t>(i)].adjoint());
        Eigen::JacobiRotation<Scalar> rotation;
        rotation.makeGivens(column[k], column[k + 1]);
        column.applyOnTheLeft(k, k + 1, rotation.adjoint());
        right_[k + 1] = 0.0;
        right_.applyOnTheLeft(k, k + 1, rotation.adjoint());
        triangle_.col(k).head(k + 1) = column.head(k + 1);
        rotations_.push_back(rotation);
        return std::abs(right_[k + 1]);
    }

    /// y of R y = g; shorter than k where A maps the last directions to nothing, which have no part in
    /// it.
    VectorOf<Scalar> solution() const {
        constexpr double nothing = 1e-15;
        auto rank = static_cast<Index>(rotations_.size());
        const double scale = triangle_.diagonal().head(rank).cwiseAbs().maxCoeff();
        while (rank > 0 && std::abs(triangle_(rank - 1, rank - 1)) <= nothing * scale) --rank;
        VectorOf<Scalar> y = right_.head(rank);
        triangle_.topLeftCorner(rank, rank).template triangularView<Eigen::Upper>().solveInPlace(y);
        return y;
    }

  private:
    MatrixOf<Scalar> triangle_;
    VectorOf<Scalar> right_;
    std::vector<Eigen::JacobiRotation<Scalar>> rotations_;
};

}  // namespace

template <class Scalar>
Solution<Scalar> gmres(const LinearMap<Scalar>& a, const Preconditioner<Scalar>& precondition,
                       const VectorOf<Scalar>& b, double rtol, const GmresOptions& options,
                       Guess<Scalar> guess) {
    using Vector = VectorOf<Scalar>;
    constexpr double margin = 0.5, rounding = 1e-15, stagnation = 0.9;
    const double scale = b.norm();
    if (scale == 0.0) return {Vector::Zero(b.size()), 0.0};
    if (guess.x.size() == 0) guess = {Vector::Zero(b.size()), b};
    Vector residual = std::move(guess.residual), prepared(b.size());
    Solution<Scalar> out{std::move(guess.x), residual.norm() / scale};
    const double goal = std::max(margin * rtol, rounding) * scale;
    const auto preconditioned = [&](const Vector& v, Vector& image) {
        precondition.apply(v, prepared);
        a(prepared, image);
    };
    for (int cycle = 0; cycle < options.cycles && out.residual > rtol; ++cycle) {
        Arnoldi<Scalar> krylov(residual, precondition.restart);
        HessenbergLeastSquares<Scalar> problem(residual.norm(), std::min(precondition.restart, b.size()));
        double estimate;
        do {
            krylov.extend(preconditioned);
            estimate = problem.append(krylov.hessenberg().col(krylov.size() - 1));
            if (options.progress)
                options.progress(
                    std::min(1.0, std::log(std::max(estimate / scale, 1e-300)) / std::log(rtol)));
        } while (estimate > goal && !krylov.ended());
        const Vector y = problem.solution(), combined = krylov.basis().leftCols(y.size()) * y;
        precondition.apply(combined, prepared);
        out.x += prepared;
        a(out.x, residual);
        residual = b - residual;
        const double before = out.residual;
        out.residual = residual.norm() / scale;
        if (!(out.residual < stagnation * before)) break;
    }
    return out;
}

template REDFIELD_EXPORT Solution<double> gmres(const LinearMap<double>&, const Preconditioner<double>&,
                                                const RealVector&, double, const GmresOptions&,
                                                Guess<double>);
template REDFIELD_EXPORT Solution<Complex> gmres(const LinearMap<Complex>&,
                                                 const Preconditioner<Complex>&, const VectorOf<Complex>&,
                                                 double, const GmresOptions&, Guess<Complex>);

}  // namespace redfield::linalg
