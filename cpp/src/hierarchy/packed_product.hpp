#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// −iAX and iXA of an operator A by its entries, X = half · 2(G + iF) of packed Hermitian planes; F null
/// is zero. Of X only the rows and columns are unpacked that A has entries for.
template <class Scalar>
class PackedProduct {
  public:
    explicit PackedProduct(const ComplexMatrix& a);
    /// Multiplications of one application to N columns, about.
    double cost() const { return 4.0 * static_cast<double>(n_ * static_cast<Index>(by_column_.size())); }
    /// out += −iAX, planar, (l, k) of it at k n + l: row c of X adds to row r of the product.
    template <class Size>
    void from_left(Size size, const Scalar* g, const Scalar* f, Scalar half, Scalar* line,
                   Scalar* out) const;
    /// out += iXA, planar by columns: column r of X adds to column c of the product. `line` is scratch of
    /// 2n numbers.
    template <class Size>
    void from_right(Size size, const Scalar* g, const Scalar* f, Scalar half, Scalar* line,
                    Scalar* out) const;

  private:
    struct Entry {
        Index row, column;
        Scalar re, im;
    };
    Index n_;
    std::vector<Entry> by_column_, by_row_;
};

/// AXA† of an operator A, element by element.
template <class Scalar>
class Sandwich {
  public:
    explicit Sandwich(const ComplexMatrix& a);
    /// out += factor AXA†, planar by columns, of X as PackedProduct has it.
    void add(Index n, const Scalar* g, const Scalar* f, Scalar factor, Scalar* out) const;

  private:
    struct Element {
        Index to, from, from_adjoint;  ///< (r, r'), (c, c') and (c', c)
        Scalar re, im;                 ///< A_rc A_r'c'*
    };
    std::vector<Element> elements_;
};

template <class Scalar>
template <class Size>
void PackedProduct<Scalar>::from_left(Size size, const Scalar* g, const Scalar* f, Scalar half,
                                      Scalar* line, Scalar* out) const {
    const Index n = size;
    Scalar *x = line, *y = line + n, *out_im = out + n * n;
    Index unpacked = -1;
    for (const Entry& e : by_column_) {
        if (e.column != unpacked) {  // row c of X
            const Index c = unpacked = e.column;
            for (Index m = 0; m < n; ++m) {
                x[m] = half * (g[c + n * m] + g[m + n * c]);
                y[m] = half * (g[c + n * m] - g[m + n * c]);
            }
            if (f != nullptr)
                for (Index m = 0; m < n; ++m) {
                    x[m] += half * (f[m + n * c] - f[c + n * m]);
                    y[m] += half * (f[c + n * m] + f[m + n * c]);
                }
        }
        Scalar *to_re = out + e.row * n, *to_im = out_im + e.row * n;
        for (Index m = 0; m < n; ++m) {
            to_re[m] += e.re * y[m] + e.im * x[m];
            to_im[m] += e.im * y[m] - e.re * x[m];
        }
    }
}

template <class Scalar>
template <class Size>
void PackedProduct<Scalar>::from_right(Size size, const Scalar* g, const Scalar* f, Scalar half,
                                       Scalar* line, Scalar* out) const {
    const Index n = size;
    Scalar *x = line, *y = line + n, *out_im = out + n * n;
    Index unpacked = -1;
    for (const Entry& e : by_row_) {
        if (e.row != unpacked) {  // column r of X
            const Index r = unpacked = e.row;
            for (Index m = 0; m < n; ++m) {
                x[m] = half * (g[m + n * r] + g[r + n * m]);
                y[m] = half * (g[m + n * r] - g[r + n * m]);
            }
            if (f != nullptr)
                for (Index m = 0; m < n; ++m) {
                    x[m] += half * (f[r + n * m] - f[m + n * r]);
                    y[m] += half * (f[m + n * r] + f[r + n * m]);
                }
        }
        Scalar *to_re = out + e.column * n, *to_im = out_im + e.column * n;
        for (Index m = 0; m < n; ++m) {
            to_re[m] -= e.re * y[m] + e.im * x[m];
            to_im[m] += e.re * x[m] - e.im * y[m];
        }
    }
}

extern template class PackedProduct<double>;
extern template class PackedProduct<float>;
extern template class Sandwich<double>;
extern template class Sandwich<float>;

}  // namespace redfield::hierarchy
