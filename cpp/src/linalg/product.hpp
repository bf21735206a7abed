#pragma once

#include "redfield/linalg/planar.hpp"

/// Real products that share their left factor:  C_q (=, +=, −=) F∘(A B_q),  all matrices by columns.
///
/// A is copied once, in blocks that stay in the second level of cache, for all right factors, or once for
/// all products where it is `Packed`; right factors are read where they are. A product may go to two
/// matrices at once, with a sign each, and be scaled on its way there, so that a complex product of three
/// real ones needs no memory of its own and no further pass. tests/cpp/test_product.cpp compares with
/// sums written out. Rates beside Eigen 3.4's and OpenBLAS's product are in docs/performance.md: at 216
/// rows 56 Gflop/s against 34 and 54 (AVX2, a peak of 59).
///
/// An element is one chain of multiply–adds in blocks of k that the depth alone determines: it depends on
/// neither the other columns nor the threads that share them.
namespace redfield::linalg::product {

/// A matrix, or where `added` is not null the sum of two.
template <class Scalar>
struct Operand {
    const Scalar* data;
    Index stride;
    const Scalar* added = nullptr;
    Index added_stride = 0;
};

/// Where a product goes:  to (=, +=, −=) F∘product,  F_ij = factor_ij weight_j, 1 where they are null.
template <class Scalar>
struct Target {
    Scalar* data;
    Index stride;
    Store store;
    const Scalar* weights = nullptr;
    const Scalar* factor = nullptr;
    Index factor_stride = 0;
};

/// B_q with its columns, and one or two targets of AB_q, which are not operands.
template <class Scalar>
struct RightFactor {
    Operand<Scalar> b;
    Index columns;
    Target<Scalar> to;
    Target<Scalar> also{nullptr, 0, Store::add};
};

/// The products of A, rows × depth, and `count` right factors.
template <class Scalar>
void multiply(Index rows, Index depth, const Operand<Scalar>& a, const RightFactor<Scalar>* right,
              int count);

/// A left factor that stays, copied in the order that products read it.
template <class Scalar>
class Packed {
  public:
    Packed() = default;
    explicit Packed(const MatrixOf<Scalar>& a);

    Index rows() const { return rows_; }
    Index depth() const { return depth_; }
    /// The products with `count` right factors, bit for bit those of the matrix it is a copy of.
    void multiply(const RightFactor<Scalar>* right, int count) const;

  private:
    /// The place of the block of `summands` from `k` and of rows from `row` on.
    Index offset(Index k, Index summands, Index row) const;

    Index rows_ = 0, depth_ = 0;
    VectorOf<Scalar> blocks_;
};

/// Columns of m from `first` on, and of a + b.
template <class M>
auto columns(const M& m, Index first) {
    return Operand<typename M::Scalar>{m.data() + first * m.outerStride(), m.outerStride()};
}
template <class M>
auto columns_of_sum(const M& a, const M& b, Index first) {
    const auto one = columns(a, first), other = columns(b, first);
    return Operand<typename M::Scalar>{one.data, one.stride, other.data, other.stride};
}

/// Columns [first, first + count) of  out (=, +=, −=) AB, of which `out` is neither.
template <class Out, class A, class B>
void multiply_columns(const A& a, const B& b, Index first, Index count, Store store, Out& out) {
    using Scalar = typename Out::Scalar;
    const Target<Scalar> to{out.data() + first * out.outerStride(), out.outerStride(), store};
    const RightFactor<Scalar> right{columns(b, first), count, to};
    multiply<Scalar>(a.rows(), a.cols(), columns(a, 0), &right, 1);
}

}  // namespace redfield::linalg::product
