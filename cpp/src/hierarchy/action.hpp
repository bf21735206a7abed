#pragma once

#include <vector>

#include "redfield/linalg/types.hpp"

namespace redfield::hierarchy {

/// What a Hermitian operator A does to packed Hermitian P and Q,
///
///     −i[A, P] + {A, Q} = Z + Z†,   Z = AW,   W = Q − iP,
///
/// in real products: with V₊ = Q − Pᵀ and V₋ = Qᵀ + P, the planes Re W ± Im W,
///
///     S = Re A V₊ + Im A V₋,   D = Re A V₋ − Im A V₊,   the packed Z + Z† = S + Dᵀ.
///
/// Only the rows of V₊ and V₋ where A has a column are needed: all of them of a dense A, whose products
/// are taken for many P and Q at a time; one of a site projector, which then costs 4N.
template <class Scalar>
class Action {
  public:
    explicit Action(const ComplexMatrix& a);

    bool dense() const { return entries_.empty() && n_ > 0; }
    /// Columns where A is not zero, ascending; empty where A is dense.
    const std::vector<Index>& columns() const { return columns_; }
    /// Multiplications of one application, about.
    double cost() const;

    /// P += αX and Q += βX in the form of V₊ and V₋ for a sparse A: rows (N, columns) one after another.
    void gather(const Scalar* x, Scalar alpha, Scalar beta, Scalar* plus, Scalar* minus) const;
    /// out += S + Dᵀ of gathered rows.
    void scatter(const Scalar* plus, const Scalar* minus, Scalar* out) const;

    /// out += S + Dᵀ of `count` planes P and Q (N, N · count) for a dense A; an empty Q is zero. `v` and
    /// `s` are scratch.
    void products(const Scalar* p, const Scalar* q, Index count, Scalar* out, MatrixOf<Scalar>& v,
                  MatrixOf<Scalar>& s) const;

  private:
    struct Entry {
        Index row, column;  ///< `column` counts the columns that are not zero
        Scalar re, im;
    };

    Index n_;
    std::vector<Index> columns_;
    std::vector<Entry> entries_;
    MatrixOf<Scalar> re_, im_;  ///< transposed; `im_` empty where A is real
};

extern template class Action<double>;
extern template class Action<float>;

}  // namespace redfield::hierarchy
