#pragma once

#include <algorithm>
#include <vector>

#include "generator/sparse_form.hpp"
#include "linalg/transpose.hpp"

namespace redfield::generator {

/// The columns [first, first + lanes) of ρ and of F as rows of lanes.
template <class Scalar>
class SparsePanel {
    using Lanes = linalg::Lanes<Scalar>;
    using In = linalg::LanesIn<Scalar>;
    using Out = linalg::LanesOut<Scalar>;
    using Put = linalg::Put;
    using Term = typename SparseForm<Scalar>::Term;
    using Lists = typename SparseForm<Scalar>::Lists;
    using Number = std::complex<Scalar>;

  public:
    static constexpr Index width = linalg::lane_count<Scalar>;  // columns of ρ
    static constexpr Index rows_of_memory = 6 * width;          // for each level

    SparsePanel(const ConstRefOf<Scalar>& rho, Scalar* memory, Index n)
        : rho_(rho.data()),
          stride_(rho.outerStride()),
          n_(n),
          x_plus_(memory),
          x_minus_(memory + width * n),
          y_plus_(memory + 2 * width * n),
          y_minus_(memory + 3 * width * n),
          z_plus_(memory + 4 * width * n),
          z_minus_(memory + 5 * width * n) {}

    /// The panel from column `first` on, F = 0.
    void take(Index first) {
        first_ = first;
        lanes_ = std::min(width, n_ - first);
        std::fill(y_plus_, y_plus_ + 2 * width * n_, Scalar(0));
        if (lanes_ < width) std::fill(x_plus_, x_plus_ + 2 * width * n_, Scalar(0));
    }

    /// ρ's columns.
    void load() {
        linalg::transpose_into<Put::assign>(rho_ + first_ * stride_, stride_, lanes_, 0, n_, x_plus_,
                                            width);
        for (Index c = 0; c < n_; ++c) {
            if (c + static_cast<Index>(ahead) < n_) touch(c + static_cast<Index>(ahead), first_);
            put<Put::assign>(rho_ + c * stride_ + first_, x_minus_ + c * width);
        }
    }

    /// The columns of M† in place of ρ's.
    void load_adjoint(const linalg::BasicPlanes<Scalar>& m) {
        for (Index c = 0; c < n_; ++c) {
            put<Put::assign>(&m.minus(first_, c), x_plus_ + c * width);
            put<Put::assign>(&m.plus(first_, c), x_minus_ + c * width);
        }
    }

    /// F += ΛρB†.
    void add(const Term& term) {
        if (!term.diagonal.empty()) {
            Lanes of_lane = Lanes::Zero();
            for (Index l = 0; l < lanes_; ++l)
                of_lane[l] = term.diagonal[static_cast<std::size_t>(first_ + l)];
            term.lambda.add_product(x_plus_, x_minus_, y_plus_, y_minus_, of_lane, term.diagonal.data());
            return;
        }
        std::int32_t longest = 0;
        for (Index l = 0; l < lanes_; ++l) longest = std::max(longest, length(term, l));
        if (longest == 0) return;
        sources_.resize(static_cast<std::size_t>(longest));
        for (std::int32_t p = 0; p < longest; ++p) {
            Source& source = sources_[static_cast<std::size_t>(p)];
            source.re.setZero();
            source.im.setZero();
            for (Index l = 0; l < width; ++l) {
                source.row[l] = first_;  // of no weight where there is no entry
                if (l >= lanes_ || p >= length(term, l)) continue;
                const auto at =
                    static_cast<std::size_t>(term.b.start[static_cast<std::size_t>(first_ + l)] + p);
                source.row[l] = term.b.index[at];
                source.re[l] = term.b.re[at];
                source.im[l] = term.b.im[at];
            }
            for (Index l = 0; l < width; ++l) source.column[l] = rho_ + source.row[l] * stride_;
            source.in_one_piece = source.row[0] + width <= n_;
            for (Index l = 1; l < width; ++l)
                source.in_one_piece = source.in_one_piece && source.row[l] == source.row[0] + l;
        }
        if (!term.is_jump) {
            for (Index c = 0; c < n_; ++c) {
                Lanes plus, minus;
                if (term.b_is_real)
                    gather<true>(c, plus, minus);
                else
                    gather<false>(c, plus, minus);
                Out(z_plus_ + c * width) = plus;
                Out(z_minus_ + c * width) = minus;
            }
            term.lambda.add_product(z_plus_, z_minus_, y_plus_, y_minus_);
        } else if (term.b_is_real) {
            add_jump<true>(term);
        } else {
            add_jump<false>(term);
        }
    }

    /// F += Gρ.
    void multiply(const linalg::RowBlocks<Scalar>& g) {
        g.add_product(x_plus_, x_minus_, y_plus_, y_minus_);
    }

    /// F to the columns of both planes.
    void write(linalg::BasicPlanes<Scalar>& to) const {
        linalg::transpose_into<Put::assign>(y_plus_, width, n_, 0, lanes_, to.plus.col(first_).data(),
                                            n_);
        linalg::transpose_into<Put::assign>(y_minus_, width, n_, 0, lanes_, to.minus.col(first_).data(),
                                            n_);
    }

    /// Adds the Hermitian LX to out.
    void add_plus(const linalg::RowBlocks<Scalar>& jump, MutableRefOf<Scalar> out) {
        jump.add_plus(x_plus_, x_minus_, y_plus_);
        linalg::transpose_into<Put::add>(y_plus_, width, n_, 0, lanes_, out.col(first_).data(),
                                         out.outerStride());
    }

    /// Column `site` of F += Λρ_site.
    void add(const BasicSiteFactor<Scalar>& factor) {
        const Index lane = factor.site - first_;
        const auto size = static_cast<Index>(factor.support.size());
        in_.resize(size);
        for (Index i = 0; i < size; ++i) {
            const Index at = width * factor.support[static_cast<std::size_t>(i)] + lane;
            in_[i] = Number(half * (x_plus_[at] + x_minus_[at]), half * (x_plus_[at] - x_minus_[at]));
        }
        inner_.noalias() = factor.right.adjoint() * in_;
        in_.noalias() = factor.left * inner_;
        for (Index i = 0; i < size; ++i) {
            const Index at = width * factor.support[static_cast<std::size_t>(i)] + lane;
            y_plus_[at] += in_[i].real() + in_[i].imag();
            y_minus_[at] += in_[i].real() - in_[i].imag();
        }
    }

    /// Tile R of F₊ to out(R, J) and of F₋ᵀ to out(J, R).
    template <Put how>
    void store(Index row, MutableRefOf<Scalar> out) const {
        const Index rows = std::min(width, n_ - row), stride = out.outerStride();
        const Scalar *plus = y_plus_ + row * width, *minus = y_minus_ + row * width;
        Scalar* upright = out.data() + first_ * stride + row;
        Scalar* across = out.data() + row * stride + first_;
        linalg::transpose_into<how>(plus, width, rows, 0, lanes_, upright, stride);
        for (Index r = 0; r < rows; ++r) put<how>(minus + r * width, across + r * stride);
    }

    /// The tile on the diagonal, F + F†.
    void store_diagonal(MutableRefOf<Scalar> out) const {
        const Scalar *plus = y_plus_ + first_ * width, *minus = y_minus_ + first_ * width;
        for (Index l = 0; l < lanes_; ++l)
            for (Index r = 0; r < lanes_; ++r)
                out(first_ + r, first_ + l) = plus[r * width + l] + minus[l * width + r];
    }

  private:
    /// What each lane takes of ρ's columns: Σ_p weight ρ(c, row).
    struct Source {
        Index row[width];
        const Scalar* column[width];  ///< of ρ
        bool in_one_piece;            ///< successive rows
        Lanes re, im;
    };

    /// The panel's lanes of a row, from or to where they need not be aligned.
    template <Put how>
    void put(const Scalar* from, Scalar* to) const {
        if (lanes_ == width) {
            Eigen::Map<Lanes> row(to);
            if constexpr (how == Put::add)
                row += Eigen::Map<const Lanes>(from);
            else
                row = Eigen::Map<const Lanes>(from);
            return;
        }
        for (Index l = 0; l < lanes_; ++l) to[l] = (how == Put::add ? to[l] : Scalar(0)) + from[l];
    }

    /// Rows of a column that are wanted soon: columns lie too far apart for the processor to foresee.
    static constexpr std::size_t ahead = 16;
    void touch(Index column, Index row) const {
#if defined(__GNUC__)
        __builtin_prefetch(rho_ + column * stride_ + row);
        __builtin_prefetch(rho_ + column * stride_ + row + width - 1);
#endif
    }

    std::int32_t length(const Term& term, Index lane) const {
        const auto row = static_cast<std::size_t>(first_ + lane);
        return term.b.start[row + 1] - term.b.start[row];
    }

    /// Row c of ρB†, whose weights are conjugate.
    template <bool real>
    void gather(Index c, Lanes& plus, Lanes& minus) const {
        plus.setZero();
        minus.setZero();
        for (const Source& source : sources_) {
            Lanes x, y;
            for (Index l = 0; l < width; ++l) x[l] = source.column[l][c];
            const Scalar* column = rho_ + c * stride_;
            if (source.in_one_piece)
                y = Eigen::Map<const Lanes>(column + source.row[0]);
            else
                for (Index l = 0; l < width; ++l) y[l] = column[source.row[l]];
            plus += source.re * x;
            minus += source.re * y;
            if constexpr (!real) {
                plus -= source.im * y;
                minus += source.im * x;
            }
        }
    }

    /// The upper triangle of LρL†, the other half being its adjoint.
    template <bool real>
    void add_jump(const Term& term) {
        const Lists& jump = term.jump;
        const Index end = first_ + width;
        Lanes plus, minus;
        for (std::size_t o = 0; o < jump.occupied.size(); ++o) {
            const auto begin = static_cast<std::size_t>(jump.start[o]);
            const auto stop = static_cast<std::size_t>(jump.start[o + 1]);
            if (jump.index[begin] >= end) continue;
            if (o + ahead < jump.occupied.size())
                touch(jump.occupied[o + ahead], sources_.front().row[0]);
            gather<real>(jump.occupied[o], plus, minus);
            for (std::size_t i = begin; i < stop && jump.index[i] < end; ++i) {
                const Index r = jump.index[i];
                Lanes re = Lanes::Constant(jump.re[i]), im = Lanes::Constant(jump.im[i]);
                if (r >= first_) {  // half of the diagonal, nothing below it
                    const Index below = r - first_;
                    re.head(below).setZero();
                    im.head(below).setZero();
                    re[below] *= half;
                    im[below] *= half;
                }
                Out y_plus(y_plus_ + r * width), y_minus(y_minus_ + r * width);
                y_plus += re * plus;
                y_minus += re * minus;
                if constexpr (!real) {
                    y_plus += im * minus;
                    y_minus -= im * plus;
                }
            }
        }
    }

    const Scalar* rho_;
    Index stride_, n_, first_ = 0, lanes_ = width;
    Scalar *x_plus_, *x_minus_, *y_plus_, *y_minus_, *z_plus_, *z_minus_;
    static constexpr Scalar half = 0.5;
    Eigen::Matrix<Number, Eigen::Dynamic, 1> in_, inner_;
    std::vector<Source> sources_;
};

}  // namespace redfield::generator
