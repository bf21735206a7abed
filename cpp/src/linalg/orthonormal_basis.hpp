#pragma once

#include <algorithm>
#include <utility>

#include "redfield/base/types.hpp"

namespace redfield::linalg {

/// An orthonormal basis V = (v_1 … v_k) of vectors with n components, VᴴV = 1, that grows one vector at a
/// time.
template <class Scalar>
class OrthonormalBasis {
  public:
    using Vector = VectorOf<Scalar>;
    using Matrix = MatrixOf<Scalar>;

    /// Memory for `capacity` vectors is reserved; more are taken as they come.
    explicit OrthonormalBasis(Index n, Index capacity = 8) : columns_(n, std::max<Index>(capacity, 1)) {}

    Index size() const { return size_; }
    /// V (n, k), valid until the next vector is appended.
    auto vectors() const { return columns_.leftCols(size_); }

    /// V Vᴴ x, the part of x in the space.
    Vector projection(const Vector& x) const {
        const Vector h = vectors().adjoint() * x;
        return vectors() * h;
    }

    /// x ← x − V h and h = Vᴴ x (k,), by classical Gram–Schmidt done twice: what remains is orthogonal to
    /// V to rounding as long as it is not rounding itself (Giraud et al., doi:10.1007/s00211-005-0615-4).
    Vector orthogonalise(Vector& x) const {
        Vector h = Vector::Zero(size_);
        for (int pass = 0; pass < 2; ++pass) {
            const Vector along = vectors().adjoint() * x;  // h′ ← Vᴴ x
            x.noalias() -= vectors() * along;              // x ← x − V h′
            h += along;
        }
        return h;
    }

    /// Appends a vector that is of norm 1 and orthogonal to all others already.
    void append_unit(const Vector& v) {
        if (size_ == columns_.cols()) columns_.conservativeResize(Eigen::NoChange, 2 * size_);
        columns_.col(size_++) = v;
    }

    /// Appends the direction of what x has outside the space, unless that is of norm `smallest` or less;
    /// returns whether it did.
    bool append(Vector x, double smallest) {
        orthogonalise(x);
        const double norm = x.norm();
        if (!(norm > smallest)) return false;
        x /= norm;
        orthogonalise(x);  // a small remainder still has rounding of the space in it
        append_unit(x.normalized());
        return true;
    }

  private:
    Matrix columns_;
    Index size_ = 0;
};

}  // namespace redfield::linalg
