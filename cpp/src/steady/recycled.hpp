#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "linalg/decompositions.hpp"
#include "linalg/orthonormal_basis.hpp"

namespace redfield::steady {

/// Solutions of (z − 𝓛)x = y for other z: an orthonormal basis V of their space with 𝓛V. The solution for
/// the next z begins with the Galerkin solution in that space, Vᴴ(z − 𝓛)V a = Vᴴy, x = V a.
class Recycled {
  public:
    using Vector = VectorOf<Complex>;

    Recycled(Vector y, Index capacity)
        : y_(std::move(y)),
          basis_(y_.size(), capacity),
          images_(y_.size(), capacity),
          projected_(capacity, capacity),
          right_(capacity) {}

    /// x and 𝓛x.
    void start(Complex z, Vector& x, Vector& image) const {
        const Index k = basis_.size();
        ComplexMatrix matrix = -projected_.topLeftCorner(k, k);
        matrix.diagonal().array() += z;
        const Vector a = linalg::solve(matrix, right_.head(k));
        x = basis_.vectors() * a;
        image = images_.leftCols(k) * a;
    }

    /// Adds a solution with 𝓛x, where there is room and it is not in the space already.
    void add(Vector x, Vector image) {
        constexpr double new_direction = 1e-7;
        const Index k = basis_.size();
        if (k == images_.cols()) return;
        const double size = x.norm();
        const Vector h = basis_.orthogonalise(x);
        image -= images_.leftCols(k) * h;  // 𝓛(x − V h)
        const double norm = x.norm();
        if (!(norm > new_direction * size)) return;
        basis_.append_unit(x / norm);
        images_.col(k) = image / norm;
        const auto v = basis_.vectors();
        projected_.col(k).head(k + 1) = v.adjoint() * images_.col(k);
        projected_.row(k).head(k + 1) = v.col(k).adjoint() * images_.leftCols(k + 1);
        right_[k] = v.col(k).dot(y_);
    }

  private:
    Vector y_;
    linalg::OrthonormalBasis<Complex> basis_;
    ComplexMatrix images_, projected_;  ///< 𝓛V and Vᴴ𝓛V
    Vector right_;                      ///< Vᴴy
};

/// The order in which the ends come first and then always the middles of gaps.
inline std::vector<std::size_t> coarse_first(std::size_t count) {
    std::vector<std::size_t> order;
    std::vector<bool> taken(count, false);
    for (std::size_t step = std::max<std::size_t>(count - 1, 1);; step = (step + 1) / 2) {
        for (std::size_t i = 0; i < count; i += step)
            if (!taken[i]) {
                taken[i] = true;
                order.push_back(i);
            }
        if (step == 1) return order;
    }
}

}  // namespace redfield::steady
