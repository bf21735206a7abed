#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "hierarchy/operators.hpp"
#include "linalg/packets.hpp"
#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// An operator by rows, without its zeros; `columns` are those that are not zero, which `column` counts.
template <class Scalar>
struct OperatorRows {
    struct Entry {
        Index column;
        Scalar re, im;
    };
    std::vector<Index> begin, columns;
    std::vector<Entry> entries;
    bool real;
    /// By columns, of an operator with few zeros; else empty. `im` is empty of a real one.
    VectorOf<Scalar> re, im;

    explicit OperatorRows(const ComplexMatrix& a) {
        const double noise = entry_noise * a.cwiseAbs().maxCoeff();
        real = a.imag().cwiseAbs().maxCoeff() <= noise;
        std::vector<Index> place;
        for (Index c = 0; c < a.cols(); ++c) {
            place.push_back(static_cast<Index>(columns.size()));
            if (a.col(c).cwiseAbs().maxCoeff() > noise) columns.push_back(c);
        }
        for (Index r = 0; r < a.rows(); ++r) {
            begin.push_back(static_cast<Index>(entries.size()));
            for (Index c = 0; c < a.cols(); ++c)
                if (std::abs(a(r, c)) > noise)
                    entries.push_back({place[static_cast<std::size_t>(c)],
                                       static_cast<Scalar>(a(r, c).real()),
                                       static_cast<Scalar>(a(r, c).imag())});
        }
        begin.push_back(static_cast<Index>(entries.size()));
        if (2 * static_cast<Index>(entries.size()) <= a.size()) return;
        re = a.real().reshaped().template cast<Scalar>();
        if (!real) im = a.imag().reshaped().template cast<Scalar>();
    }
};

/// Rows of N levels' columns: a whole number of machine vectors, or of halves or quarters of them.
constexpr Index padded_levels(Index levels) { return levels <= 2 ? 2 : levels <= 4 ? 4 : 8; }

/// The arithmetic of FewLevels on one plane of N levels.
template <Index N, class Scalar>
struct Columns {
    static constexpr Index height = padded_levels(N), block = height * N, copy_size = 2 * block;
    static constexpr Index side = linalg::packets::size<Scalar>;
    static constexpr bool whole_vectors = height % side == 0;
    using Column = Eigen::Array<Scalar, height, 1>;
    using Block = Eigen::Array<Scalar, height, N>;
    using ConstBlock = Eigen::Map<const Block, Eigen::Aligned16>;

    /// Dᵀ by columns and S by rows, of one plane.
    struct Sum {
        Block columns, rows;

        void clear() {
            for (Index l = 0; l < N; ++l) columns.col(l) = rows.col(l) = Column::Zero();
        }
        /// out = S + Dᵀ.
        void write(Scalar* out) {
            transpose(rows);
            columns += rows;
            store(columns, out);
        }
    };
    /// Columns of V₊ and V₋.
    struct Gathered {
        Block plus, minus;
    };

    /// Exchanges rows and columns of a block, by squares of machine vectors where it has whole ones.
    static void transpose(Block& x) {
        if constexpr (whole_vectors && height == 8) {
            const Block y = x;
            transpose_columns<height>(y.data(), x.data());
        } else {
            for (Index l = 0; l < N; ++l)
                for (Index k = 0; k < l; ++k) std::swap(x(k, l), x(l, k));
        }
    }

    /// to = xᵀ of columns that are `stride` apart, read in whole machine vectors.
    template <Index stride>
    [[gnu::flatten]] static void transpose_columns(const Scalar* x, Scalar* to) {
        for (Index l = 0; l < height; l += side)
            for (Index k = 0; k < height; k += side) {
                linalg::packets::Square<Scalar> square;
                for (Index i = 0; i < side; ++i)
                    square[i] = l + i < N ? linalg::packets::load(x + stride * (l + i) + k)
                                          : linalg::packets::all(Scalar(0));
                square.transpose();
                for (Index i = 0; i < side && k + i < N; ++i)
                    linalg::packets::store(to + height * (k + i) + l, square[i]);
            }
    }

    /// A plane. Of one that is not the `last`, vectors reach into numbers that are there.
    static Block read(const Scalar* x, bool last) {
        Block out;
        if (whole_vectors && !last) {
            for (Index l = 0; l < N; ++l)
                for (Index k = 0; k < height; k += side)
                    linalg::packets::store(out.data() + height * l + k,
                                           linalg::packets::load(x + N * l + k));
        } else {
            for (Index l = 0; l < N; ++l) {
                for (Index k = 0; k < N; ++k) out(k, l) = x[k + N * l];
                for (Index k = N; k < height; ++k) out(k, l) = Scalar(0);
            }
        }
        return out;
    }

    /// The other way round. A store of a whole vector reaches into the column that is written next.
    static void store(const Block& x, Scalar* out) {
        if constexpr (whole_vectors) {
            for (Index l = 0; l + 1 < N; ++l)
                for (Index k = 0; k < height; k += side)
                    linalg::packets::store(out + N * l + k,
                                           linalg::packets::load(x.data() + height * l + k));
            for (Index k = 0; k < N; ++k) out[N * (N - 1) + k] = x(k, N - 1);
        } else {
            for (Index l = 0; l < N; ++l)
                for (Index k = 0; k < N; ++k) out[k + N * l] = x(k, l);
        }
    }

    /// xb.
    static Block times(const Block& x, const Eigen::Array<Scalar, N, N>& b) {
        Block out;
        for (Index l = 0; l < N; ++l) {
            Column sum = x.col(0) * b(0, l);
            for (Index m = 1; m < N; ++m) sum += x.col(m) * b(m, l);
            out.col(l) = sum;
        }
        return out;
    }

    /// X and Xᵀ. Of a plane that is not the `last` one, vectors reach into numbers that are there.
    static void copy(const Scalar* x, Scalar* to, bool last) {
        if constexpr (whole_vectors && height == 8) {
            std::array<Scalar, N * N + 8> own;
            if (last) {
                std::copy_n(x, N * N, own.begin());
                std::fill(own.begin() + N * N, own.end(), Scalar(0));
                x = own.data();
            }
            for (Index l = 0; l < N; ++l)
                for (Index k = 0; k < height; k += side)
                    linalg::packets::store(to + height * l + k, linalg::packets::load(x + N * l + k));
            transpose_columns<N>(x, to + block);
        } else {
            for (Index l = 0; l < N; ++l)
                for (Index k = 0; k < N; ++k) {
                    to[k + height * l] = x[k + N * l];
                    to[block + l + height * k] = x[k + N * l];
                }
        }
    }

    /// Adds the products of an operator of few zeros, all sums of a column of vectors in registers.
    static void scatter_dense(const OperatorRows<Scalar>& a, const Gathered& v, Sum& sum) {
        for (Index k = 0; k < height; k += side) {
            linalg::packets::Packet<Scalar> column[N], row[N];
#pragma GCC unroll 8
            for (Index r = 0; r < N; ++r) {
                column[r] = linalg::packets::load(sum.columns.data() + height * r + k);
                row[r] = linalg::packets::load(sum.rows.data() + height * r + k);
            }
            for (Index c = 0; c < N; ++c) {
                const auto plus = linalg::packets::load(v.plus.data() + height * c + k);
                const auto minus = linalg::packets::load(v.minus.data() + height * c + k);
#pragma GCC unroll 8
                for (Index r = 0; r < N; ++r) {
                    const auto re = linalg::packets::all(a.re[N * c + r]);
                    column[r] = linalg::packets::pmadd(re, minus, column[r]);
                    row[r] = linalg::packets::pmadd(re, plus, row[r]);
                }
                if (a.real) continue;
                const auto minus_plus = linalg::packets::pnegate(plus);
#pragma GCC unroll 8
                for (Index r = 0; r < N; ++r) {
                    const auto im = linalg::packets::all(a.im[N * c + r]);
                    column[r] = linalg::packets::pmadd(im, minus_plus, column[r]);
                    row[r] = linalg::packets::pmadd(im, minus, row[r]);
                }
            }
#pragma GCC unroll 8
            for (Index r = 0; r < N; ++r) {
                linalg::packets::store(sum.columns.data() + height * r + k, column[r]);
                linalg::packets::store(sum.rows.data() + height * r + k, row[r]);
            }
        }
    }

    static void scatter(const OperatorRows<Scalar>& a, const Gathered& v, Sum& sum) {
        if constexpr (whole_vectors)
            if (a.columns.size() == N && a.re.size() > 0) return scatter_dense(a, v, sum);
        for (Index r = 0; r < N; ++r) {
            const auto *e = a.entries.data() + a.begin[static_cast<std::size_t>(r)],
                       *end = a.entries.data() + a.begin[static_cast<std::size_t>(r) + 1];
            if (e == end) continue;
            Column column = sum.columns.col(r), row = sum.rows.col(r);
            if (a.real) {
                for (; e != end; ++e) {
                    column += e->re * v.minus.col(e->column);
                    row += e->re * v.plus.col(e->column);
                }
            } else {
                for (; e != end; ++e) {
                    const auto plus = v.plus.col(e->column), minus = v.minus.col(e->column);
                    column += e->re * minus - e->im * plus;
                    row += e->re * plus + e->im * minus;
                }
            }
            sum.columns.col(r) = column;
            sum.rows.col(r) = row;
        }
    }

    /// −i[A, X] of a copied X.
    static void commute(const OperatorRows<Scalar>& a, const Scalar* copies, Sum& sum) {
        const ConstBlock x(copies), turned(copies + block);
        Gathered v;
        for (std::size_t c = 0; c < a.columns.size(); ++c) {
            v.plus.col(static_cast<Index>(c)) = -x.col(a.columns[c]);
            v.minus.col(static_cast<Index>(c)) = turned.col(a.columns[c]);
        }
        scatter(a, v, sum);
    }
};

}  // namespace redfield::hierarchy
