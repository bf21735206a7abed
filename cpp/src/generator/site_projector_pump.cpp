#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/parallel.hpp"

// With v_j = column j of V and A_j = v_j v_j†:
//     X = ρV,  Y = V*∘X,  Z = fY,  W = V∘Z,  F += W V†      (eigenbasis)
//     X = U†ρ, Y = V*∘X,  Z = fY,  W = V∘Z,  F += U W       (given basis)
// Three products whatever the number of sites; the real paths choose themselves, since a real Factor
// costs two real products where a complex one costs three.

namespace redfield::generator {

using linalg::BasicFactor;
using linalg::Store;

namespace {

template <class Scalar>
class SiteProjectorPump final : public BasicPump<Scalar> {
    using Matrix = MatrixOf<Scalar>;
    using Rho = ConstRefOf<Scalar>;
    using Planes = linalg::BasicPlanes<Scalar>;
    using Workspace = linalg::BasicWorkspace<Scalar>;
    using BasicPump<Scalar>::own_slots;

  public:
    SiteProjectorPump(const System& system, const equation::SeparableKernel& kernel, Frame frame)
        : frame_(frame) {
        equation::ProjectorColumns columns = equation::projector_columns(system);
        v_re_ = columns.v.real();
        if (columns.v.imag().cwiseAbs().sum() > 0.0) v_im_ = columns.v.imag();
        for (std::size_t b = 0; b < system.baths().tables.size(); ++b) left_.emplace_back(kernel.left(b));
        if (frame == Frame::eigenbasis) {
            into_ = BasicFactor<Scalar>(columns.v);
            out_of_ = BasicFactor<Scalar>(ComplexMatrix(columns.v.adjoint()));
        } else {
            into_ = system.eigensystem().adjoint();
            out_of_ = system.eigensystem().vectors();
        }
        first_ = std::move(columns.first);
        sites_ = std::move(columns.sites);
        roots_ = columns.weights.cwiseSqrt();
    }

    template <class Other>
    explicit SiteProjectorPump(const SiteProjectorPump<Other>& of)
        : frame_(of.frame_),
          first_(of.first_),
          sites_(of.sites_),
          roots_(of.roots_.template cast<Scalar>()),
          v_re_(of.v_re_.template cast<Scalar>()),
          v_im_(of.v_im_.template cast<Scalar>()),
          into_(of.into_),
          out_of_(of.out_of_),
          left_(of.left_.begin(), of.left_.end()) {}

    Frame frame() const override { return frame_; }
    std::shared_ptr<const BasicPump<float>> single() const override {
        return std::make_shared<SiteProjectorPump<float>>(*this);
    }

    void add(const Rho& rho, const Matrix& minus, Planes& f, Workspace& ws) const override {
        if (frame_ == Frame::eigenbasis)
            add_in_eigenbasis(rho, minus, f, ws);
        else
            add_in_given_basis(rho, minus, f, ws);
    }

  private:
    template <class Other>
    friend class SiteProjectorPump;

    Index sites() const { return v_re_.cols(); }

    void add_in_eigenbasis(const Rho& rho, const Matrix& minus, Planes& f, Workspace& ws) const {
        const Index n = rho.rows(), m = sites();
        Matrix& sum = ws.matrix(own_slots, n, n);
        Matrix& sum_scratch = ws.matrix(own_slots + 1, n, m);
        Matrix& w_sum = ws.matrix(own_slots + 2, n, m);
        Planes& x = ws.planes(own_slots, n, m);
        Planes& z = ws.planes(own_slots + 1, n, m);
        Planes& scratch = ws.planes(own_slots + 2, n, m);
        Planes& scratch_n = ws.planes(1, n, n);
        if (!into_.is_real())
            linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                sum.middleCols(first, count) =
                    rho.middleCols(first, count) + minus.middleCols(first, count);
            });
        linalg::parallel_ranges(ws.threads(), m, [&](Index first, Index count) {
            linalg::right_multiply<Scalar>(rho, minus, sum, into_, first, count, Store::assign, x,
                                           scratch);
            pass_through_bath(first, count, x, z, scratch, sum_scratch);
            if (!out_of_.is_real())
                w_sum.middleCols(first, count) =
                    x.plus.middleCols(first, count) + x.minus.middleCols(first, count);
        });
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::right_multiply<Scalar>(x.plus, x.minus, w_sum, out_of_, first, count, Store::add, f,
                                           scratch_n);
        });
    }

    void add_in_given_basis(const Rho& rho, const Matrix& minus, Planes& f, Workspace& ws) const {
        const Index n = rho.rows(), m = sites();
        Matrix& sum_scratch = ws.matrix(own_slots + 1, n, m);
        Planes& x = ws.planes(own_slots, n, m);
        Planes& z = ws.planes(own_slots + 1, n, m);
        Planes& scratch = ws.planes(own_slots + 2, n, m);
        Planes& site = ws.planes(own_slots + 3, n, m);
        linalg::parallel_ranges(ws.threads(), m, [&](Index first, Index count) {
            for (Index j = first; j < first + count; ++j) {
                const Scalar root = roots_[j];
                site.plus.col(j) = root * rho.col(sites_[static_cast<std::size_t>(j)]);
                site.minus.col(j) = root * minus.col(sites_[static_cast<std::size_t>(j)]);
            }
            linalg::left_multiply<Scalar>(into_, site.plus, site.minus, first, count, Store::assign, x,
                                          scratch, sum_scratch);
            pass_through_bath(first, count, x, z, scratch, sum_scratch);
            linalg::left_multiply<Scalar>(out_of_, x.plus, x.minus, first, count, Store::assign, z,
                                          scratch, sum_scratch);
        });
        // A site may carry several couplings, so this scatter stays on one thread; it is O(N²).
        for (Index j = 0; j < m; ++j) {
            const Scalar root = roots_[j];
            f.plus.col(sites_[static_cast<std::size_t>(j)]) += root * z.plus.col(j);
            f.minus.col(sites_[static_cast<std::size_t>(j)]) += root * z.minus.col(j);
        }
    }

    /// x → W = V∘(f(V*∘X)) on columns [first, first + count).
    void pass_through_bath(Index first, Index count, Planes& x, Planes& z, Planes& scratch,
                           Matrix& sum_scratch) const {
        scale_by_v(first, count, Scalar(1), x, x);
        for (std::size_t b = 0; b < left_.size(); ++b) {
            const Index from = std::max(first, first_[b]);
            const Index to = std::min(first + count, first_[b + 1]);
            if (to > from)
                linalg::left_multiply<Scalar>(left_[b], x.plus, x.minus, from, to - from, Store::assign,
                                              z, scratch, sum_scratch);
        }
        scale_by_v(first, count, Scalar(-1), z, x);
    }

    /// Elementwise by V* (sign = +1) or V (sign = −1), from the planes of `in` to those of `out`.
    void scale_by_v(Index first, Index count, Scalar sign, const Planes& in, Planes& out) const {
        const Index rows = v_re_.rows(), size = rows * count, offset = rows * first;
        const Scalar *a = in.plus.data() + offset, *b = in.minus.data() + offset;
        Scalar *p = out.plus.data() + offset, *q = out.minus.data() + offset;
        const Scalar* re = v_re_.data() + offset;
        if (v_im_.size() == 0) {
            for (Index i = 0; i < size; ++i) p[i] = re[i] * a[i];
            for (Index i = 0; i < size; ++i) q[i] = re[i] * b[i];
            return;
        }
        const Scalar* im = v_im_.data() + offset;
#pragma omp simd
        for (Index i = 0; i < size; ++i) {
            const Scalar plus = a[i], minus = b[i], s = sign * im[i];
            p[i] = re[i] * plus - s * minus;
            q[i] = re[i] * minus + s * plus;
        }
    }

    Frame frame_;
    std::vector<Index> first_, sites_;                // of each bath's columns; of each column
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> roots_;  // of the weights
    Matrix v_re_, v_im_;
    BasicFactor<Scalar> into_, out_of_;
    std::vector<BasicFactor<Scalar>> left_;
};

}  // namespace

std::shared_ptr<const Pump> site_projector_pump(const System& system,
                                                const equation::SeparableKernel& kernel, Frame frame) {
    return std::make_shared<SiteProjectorPump<double>>(system, kernel, frame);
}

}  // namespace redfield::generator
