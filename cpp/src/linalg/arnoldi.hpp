#pragma once

#include <algorithm>

#include "linalg/orthonormal_basis.hpp"

namespace redfield::linalg {

/// The Arnoldi process of a linear map A (n × n) from a start b ≠ 0. After k steps, each one application
/// of A, it has an orthonormal basis V_k (n, k) of the Krylov space span{b, Ab, …, A^{k−1}b}, v_1 =
/// b/‖b‖, and the upper Hessenberg matrix H_k (k+1, k) of A in it:
///
///     A V_k = V_{k+1} H_k,   k ≤ longest ≤ n.
///
/// One step is  w ← A v_k,  h ← V_kᴴ w,  w ← w − V_k h,  h_{k+1,k} ← ‖w‖,  v_{k+1} ← w/‖w‖. It is the
/// last where ‖w‖ ≤ 1e-14 ‖A v_k‖ or k = n: the space is invariant within rounding, and h_{k+1,k} = 0.
///
/// GMRES solves min ‖‖b‖ e_1 − H_k y‖ with it, eigenvalues of A are near those of the square part of H_k.
template <class Scalar>
class Arnoldi {
  public:
    using Vector = VectorOf<Scalar>;
    using Matrix = MatrixOf<Scalar>;

    /// Memory is taken for longest + 1 vectors; 1 ≤ longest, and longest > n counts as n.
    Arnoldi(const Vector& start, Index longest)
        : longest_(std::min(longest, start.size())),
          basis_(start.size(), longest_ + 1),
          hessenberg_(longest_ + 1, longest_),
          image_(start.size()) {
        basis_.append_unit(start.normalized());
    }

    /// One step; the map is called as a(v, image), image of size n. Not after `ended()`.
    template <class Map>
    void extend(const Map& a) {
        constexpr double invariant = 1e-14;
        vector_ = basis_.vectors().col(size_);
        a(vector_, image_);  // w ← A v_k
        const double before = image_.norm();
        hessenberg_.col(size_).setZero();
        hessenberg_.col(size_).head(size_ + 1) = basis_.orthogonalise(image_);  // h ← Vᴴ w,  w ← w − V h
        const double remainder = image_.norm();
        ++size_;
        invariant_ = remainder <= invariant * before || size_ == image_.size();
        if (invariant_) return;
        hessenberg_(size_, size_ - 1) = remainder;
        basis_.append_unit(image_ / remainder);  // v_{k+1} ← w/‖w‖
    }

    /// k.
    Index size() const { return size_; }
    bool invariant() const { return invariant_; }
    bool ended() const { return invariant_ || size_ == longest_; }
    /// V_k (n, k).
    auto basis() const { return basis_.vectors().leftCols(size_); }
    /// H_k (k + 1, k).
    auto hessenberg() const { return hessenberg_.topLeftCorner(size_ + 1, size_); }

  private:
    Index longest_, size_ = 0;
    bool invariant_ = false;
    OrthonormalBasis<Scalar> basis_;
    Matrix hessenberg_;
    Vector vector_, image_;
};

}  // namespace redfield::linalg
