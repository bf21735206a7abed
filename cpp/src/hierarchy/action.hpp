#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// The action of a Hermitian operator A on packed Hermitian P and Q,
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
    /// out += Dᵀ of gathered rows, which adds to whole columns, and out += S, to rows. Apart, since a row
    /// that has just been written entry by entry delays the vector load of a column.
    void scatter_columns(const Scalar* plus, const Scalar* minus, Scalar* out) const;
    void scatter_rows(const Scalar* plus, const Scalar* minus, Scalar* out) const;

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

template <class Scalar>
void Action<Scalar>::gather(const Scalar* x, Scalar alpha, Scalar beta, Scalar* plus,
                            Scalar* minus) const {
    const Index n = n_;
    for (const Index c : columns_) {
        const Scalar* column = x + c * n;  // X(:, c)
        const Scalar* row = x + c;         // X(c, :), with stride N
        for (Index m = 0; m < n; ++m) {
            const Scalar along = column[m], across = row[m * n];
            plus[m] += beta * across - alpha * along;
            minus[m] += beta * along + alpha * across;
        }
        plus += n;
        minus += n;
    }
}

template <class Scalar>
void Action<Scalar>::scatter_columns(const Scalar* plus, const Scalar* minus, Scalar* out) const {
    const Index n = n_;
    for (const Entry& e : entries_) {
        const Scalar *v_plus = plus + e.column * n, *v_minus = minus + e.column * n;
        Scalar* column = out + e.row * n;
        for (Index m = 0; m < n; ++m) column[m] += e.re * v_minus[m] - e.im * v_plus[m];
    }
}

template <class Scalar>
void Action<Scalar>::scatter_rows(const Scalar* plus, const Scalar* minus, Scalar* out) const {
    const Index n = n_;
    for (const Entry& e : entries_) {
        const Scalar *v_plus = plus + e.column * n, *v_minus = minus + e.column * n;
        Scalar* row = out + e.row;
        for (Index m = 0; m < n; ++m) row[m * n] += e.re * v_plus[m] + e.im * v_minus[m];
    }
}

extern template class Action<double>;
extern template class Action<float>;

}  // namespace redfield::hierarchy
