#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "generator/gathered_columns.hpp"
#include "generator/sparse_kernel.hpp"
#include "linalg/transpose.hpp"

namespace redfield::generator {

/// Eight columns J of ρ (sixteen floats) as the lanes of a vector, and the same columns of F:
///     X(c) = ρ(c, J),  Z_j(c) = (ρB_j†)(c, J),  F(r) = Σ_c G_rc X(c) + Σ_j Σ_c (Λ_j)_rc Z_j(c).
/// A row of lanes is one cache line of each plane, X₊(c) = R(c, J) and X₋(c) = R(J, c) of the packed ρ.
template <class Scalar>
class SparsePanel {
    using Lanes = linalg::Lanes<Scalar>;
    using Put = linalg::Put;
    using Planes = linalg::PanelPlanes<Scalar>;
    using Term = typename SparseKernel<Scalar>::Term;
    using Number = std::complex<Scalar>;

  public:
    static constexpr Index width = linalg::lane_count<Scalar>;  // columns of ρ
    static constexpr Index rows_of_memory = 6 * width;          // for each level: X, F and Z

    /// The panels of ρ's block `own`; terms act on any of the `blocks`.
    SparsePanel(const PackedBlock<Scalar>* blocks, Index own, Scalar* memory)
        : blocks_(blocks),
          rho_(blocks[own].data),
          stride_(blocks[own].stride),
          n_(blocks[own].levels),
          x_{memory, memory + width * n_},
          f_{memory + 2 * width * n_, memory + 3 * width * n_},
          z_{memory + 4 * width * n_, memory + 5 * width * n_} {}

    /// J begins at column `first`; F = 0.
    void begin(Index first) {
        first_ = first;
        lanes_ = std::min(width, n_ - first);
        std::fill(f_.plus, f_.plus + 2 * width * n_, Scalar(0));
        if (lanes_ < width) std::fill(x_.plus, x_.plus + 2 * width * n_, Scalar(0));
    }

    /// X = ρ(·, J).
    void load() {
        linalg::transpose_into<Put::assign>(rho_ + first_ * stride_, stride_, lanes_, 0, n_, x_.plus,
                                            width);
        for (Index c = 0; c < n_; ++c) {
            if (c + ahead < n_) linalg::prefetch(rho_ + (c + ahead) * stride_ + first_);
            put<Put::assign>(rho_ + c * stride_ + first_, x_.minus + c * width);
        }
    }

    /// X = M†(·, J).
    void load_adjoint(const linalg::BasicPlanes<Scalar>& m) {
        for (Index c = 0; c < n_; ++c) {
            put<Put::assign>(&m.minus(first_, c), x_.plus + c * width);
            put<Put::assign>(&m.plus(first_, c), x_.minus + c * width);
        }
    }

    /// F += GX.
    void add(const linalg::RowBlocks<Scalar>& g) { g.add_product(x_, f_); }

    /// F += ΛρB†, or ½LρL† of a jump.
    void add(const Term& term) {
        if (!term.diagonal.empty()) {  // (ΛρB − BΛρ)(r, J_l) = (B_l − B_r)(ΛX)(r, l)
            Lanes of_lane = Lanes::Zero();
            for (Index l = 0; l < lanes_; ++l)
                of_lane[l] = term.diagonal[static_cast<std::size_t>(first_ + l)];
            term.lambda.add_product(x_, f_, of_lane, term.diagonal.data());
        } else if (gathered_.take(blocks_[term.source], term.b, first_, lanes_)) {
            if (term.b_is_real)
                add_gathered<true>(term);
            else
                add_gathered<false>(term);
        }
    }

    /// F(·, site) += left right† ρ(·, site), in the lane of the site.
    void add(const BasicSiteFactor<Scalar>& factor) {
        const Index lane = factor.site - first_;
        const auto size = static_cast<Index>(factor.support.size());
        const auto at = [&](Index i) {
            return width * factor.support[static_cast<std::size_t>(i)] + lane;
        };
        in_.resize(size);
        for (Index i = 0; i < size; ++i) {
            const Scalar plus = x_.plus[at(i)], minus = x_.minus[at(i)];
            in_[i] = Number(half * (plus + minus), half * (plus - minus));
        }
        inner_.noalias() = factor.right.adjoint() * in_;
        in_.noalias() = factor.left * inner_;
        for (Index i = 0; i < size; ++i) {
            f_.plus[at(i)] += in_[i].real() + in_[i].imag();
            f_.minus[at(i)] += in_[i].real() - in_[i].imag();
        }
    }

    /// Tile R of F₊ to out(R, J), transposed, and of F₋ to out(J, R).
    template <Put how>
    void store(Index row, MutableRefOf<Scalar> out) const {
        const Index rows = std::min(width, n_ - row), stride = out.outerStride();
        const Scalar *plus = f_.plus + row * width, *minus = f_.minus + row * width;
        Scalar* upright = out.data() + first_ * stride + row;
        Scalar* across = out.data() + row * stride + first_;
        linalg::transpose_into<how>(plus, width, rows, 0, lanes_, upright, stride);
        for (Index r = 0; r < rows; ++r) put<how>(minus + r * width, across + r * stride);
    }

    /// Tile (J, J) of F + F†.
    void store_diagonal(MutableRefOf<Scalar> out) const {
        const Scalar *plus = f_.plus + first_ * width, *minus = f_.minus + first_ * width;
        for (Index l = 0; l < lanes_; ++l)
            for (Index r = 0; r < lanes_; ++r)
                out(first_ + r, first_ + l) = plus[r * width + l] + minus[l * width + r];
    }

    /// F to the columns J of both planes of a matrix.
    void store_planes(linalg::BasicPlanes<Scalar>& to) const {
        linalg::transpose_into<Put::assign>(f_.plus, width, n_, 0, lanes_, to.plus.col(first_).data(),
                                            n_);
        linalg::transpose_into<Put::assign>(f_.minus, width, n_, 0, lanes_, to.minus.col(first_).data(),
                                            n_);
    }

    /// out(·, J) += LX where L X is Hermitian, so that its plus plane tells it.
    void add_hermitian_product(const linalg::RowBlocks<Scalar>& jump, MutableRefOf<Scalar> out) {
        jump.add_plus(x_, f_.plus);
        linalg::transpose_into<Put::add>(f_.plus, width, n_, 0, lanes_, out.col(first_).data(),
                                         out.outerStride());
    }

  private:
    static constexpr Index ahead = 16;  ///< rows before their use
    static constexpr Scalar half = 0.5;

    /// One row of the panel's lanes, from or to where they need not be aligned.
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

    /// F += ΛZ, or the upper triangle of LZ for a jump.
    template <bool b_is_real>
    void add_gathered(const Term& term) {
        if (term.is_jump) {
            add_jump<b_is_real>(term.jump);
            return;
        }
        for (Index c = 0; c < n_; ++c) {
            Lanes plus, minus;
            gathered_.template row<b_is_real>(c, plus, minus);
            linalg::LanesOut<Scalar>(z_.plus + c * width) = plus;
            linalg::LanesOut<Scalar>(z_.minus + c * width) = minus;
        }
        term.lambda.add_product(z_, f_);
    }

    /// F(r, J_l) += Σ_c L_rc Z(c, J_l) for r < J_l and half of it for r = J_l, L by columns: with F† it
    /// is all of LρL†.
    template <bool is_real>
    void add_jump(const Lists<Scalar>& jump) {
        const Index end = first_ + width;
        Lanes plus, minus;
        for (std::size_t o = 0; o < jump.occupied.size(); ++o) {
            const auto begin = static_cast<std::size_t>(jump.start[o]);
            const auto stop = static_cast<std::size_t>(jump.start[o + 1]);
            if (jump.index[begin] >= end) continue;
            if (o + ahead < jump.occupied.size()) gathered_.prefetch(jump.occupied[o + ahead]);
            gathered_.template row<is_real>(jump.occupied[o], plus, minus);
            for (std::size_t i = begin; i < stop && jump.index[i] < end; ++i) {
                const Index r = jump.index[i];
                Lanes re = Lanes::Constant(jump.re[i]), im = Lanes::Constant(jump.im[i]);
                if (r >= first_) {
                    const Lanes& weights = diagonal_[static_cast<std::size_t>(r - first_)];
                    re *= weights;
                    im *= weights;
                }
                linalg::LanesOut<Scalar> f_plus(f_.plus + r * width), f_minus(f_.minus + r * width);
                f_plus += re * plus;
                f_minus += re * minus;
                if constexpr (!is_real) {
                    f_plus += im * minus;
                    f_minus -= im * plus;
                }
            }
        }
    }

    using Weights = std::array<Lanes, static_cast<std::size_t>(width)>;
    /// The weights of the rows of a tile on the diagonal are 0 below it, ½ on it and 1 above.
    static const Weights& diagonal_weights() {
        static const Weights made = [] {
            Weights out;
            for (Index r = 0; r < width; ++r)
                for (Index l = 0; l < width; ++l)
                    out[static_cast<std::size_t>(r)][l] = l < r ? Scalar(0) : l > r ? Scalar(1) : half;
            return out;
        }();
        return made;
    }

    const Weights& diagonal_ = diagonal_weights();
    const PackedBlock<Scalar>* blocks_;
    const Scalar* rho_;
    Index stride_, n_, first_ = 0, lanes_ = width;
    Planes x_, f_, z_;
    GatheredColumns<Scalar> gathered_;
    Eigen::Matrix<Number, Eigen::Dynamic, 1> in_, inner_;
};

}  // namespace redfield::generator
