#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/parallel.hpp"

// With v_j = column j of V and A_j = v_j v_j†:
//     X = ρV,  Y = V*∘X,  Z = fY,  W = V∘Z,  F += W V†      (eigenbasis)
//     X = U†ρ, Y = V*∘X,  Z = fY,  W = V∘Z,  F += U W       (given basis)
// Three products whatever the number of sites; the real paths choose themselves, since a real Factor
// costs two real products where a complex one costs three.

namespace redfield::generator {

using linalg::Factor;
using linalg::Planes;
using linalg::Store;

namespace {

class SiteProjectorPump final : public Pump {
  public:
    SiteProjectorPump(const System& system, const equation::SeparableKernel& kernel, Frame frame)
        : frame_(frame), columns_(equation::projector_columns(system)) {
        v_re_ = columns_.v.real();
        if (columns_.v.imag().cwiseAbs().sum() > 0.0) v_im_ = columns_.v.imag();
        for (std::size_t b = 0; b < system.baths().tables.size(); ++b) left_.emplace_back(kernel.left(b));
        if (frame == Frame::eigenbasis) {
            into_ = Factor(columns_.v);
            out_of_ = Factor(ComplexMatrix(columns_.v.adjoint()));
        } else {
            into_ = system.eigensystem().adjoint();
            out_of_ = system.eigensystem().vectors();
        }
    }

    Frame frame() const override { return frame_; }

    void add(const ConstRef& rho, const RealMatrix& minus, Planes& f,
             linalg::Workspace& ws) const override {
        if (frame_ == Frame::eigenbasis)
            add_in_eigenbasis(rho, minus, f, ws);
        else
            add_in_given_basis(rho, minus, f, ws);
    }

  private:
    Index sites() const { return columns_.v.cols(); }

    void add_in_eigenbasis(const ConstRef& rho, const RealMatrix& minus, Planes& f,
                           linalg::Workspace& ws) const {
        const Index n = rho.rows(), m = sites();
        RealMatrix& sum = ws.matrix(own_slots, n, n);
        RealMatrix& sum_scratch = ws.matrix(own_slots + 1, n, m);
        RealMatrix& w_sum = ws.matrix(own_slots + 2, n, m);
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
            linalg::right_multiply(rho, minus, sum, into_, first, count, Store::assign, x, scratch);
            pass_through_bath(first, count, x, z, scratch, sum_scratch);
            if (!out_of_.is_real())
                w_sum.middleCols(first, count) =
                    x.plus.middleCols(first, count) + x.minus.middleCols(first, count);
        });
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::right_multiply(x.plus, x.minus, w_sum, out_of_, first, count, Store::add, f,
                                   scratch_n);
        });
    }

    void add_in_given_basis(const ConstRef& rho, const RealMatrix& minus, Planes& f,
                            linalg::Workspace& ws) const {
        const Index n = rho.rows(), m = sites();
        RealMatrix& sum_scratch = ws.matrix(own_slots + 1, n, m);
        Planes& x = ws.planes(own_slots, n, m);
        Planes& z = ws.planes(own_slots + 1, n, m);
        Planes& scratch = ws.planes(own_slots + 2, n, m);
        Planes& site = ws.planes(own_slots + 3, n, m);
        linalg::parallel_ranges(ws.threads(), m, [&](Index first, Index count) {
            for (Index j = first; j < first + count; ++j) {
                const double root = std::sqrt(columns_.weights[j]);
                site.plus.col(j) = root * rho.col(columns_.sites[static_cast<std::size_t>(j)]);
                site.minus.col(j) = root * minus.col(columns_.sites[static_cast<std::size_t>(j)]);
            }
            linalg::left_multiply(into_, site.plus, site.minus, first, count, Store::assign, x, scratch,
                                  sum_scratch);
            pass_through_bath(first, count, x, z, scratch, sum_scratch);
            linalg::left_multiply(out_of_, x.plus, x.minus, first, count, Store::assign, z, scratch,
                                  sum_scratch);
        });
        // A site may carry several couplings, so this scatter stays on one thread; it is O(N²).
        for (Index j = 0; j < m; ++j) {
            const double root = std::sqrt(columns_.weights[j]);
            f.plus.col(columns_.sites[static_cast<std::size_t>(j)]) += root * z.plus.col(j);
            f.minus.col(columns_.sites[static_cast<std::size_t>(j)]) += root * z.minus.col(j);
        }
    }

    /// x → W = V∘(f(V*∘X)) on columns [first, first + count).
    void pass_through_bath(Index first, Index count, Planes& x, Planes& z, Planes& scratch,
                           RealMatrix& sum_scratch) const {
        scale_by_v(first, count, +1.0, x, x);
        for (std::size_t b = 0; b < left_.size(); ++b) {
            const Index from = std::max(first, columns_.first[b]);
            const Index to = std::min(first + count, columns_.first[b + 1]);
            if (to > from)
                linalg::left_multiply(left_[b], x.plus, x.minus, from, to - from, Store::assign, z,
                                      scratch, sum_scratch);
        }
        scale_by_v(first, count, -1.0, z, x);
    }

    /// Elementwise by V* (sign = +1) or V (sign = −1), from the planes of `in` to those of `out`.
    void scale_by_v(Index first, Index count, double sign, const Planes& in, Planes& out) const {
        const Index rows = v_re_.rows(), size = rows * count, offset = rows * first;
        const double *a = in.plus.data() + offset, *b = in.minus.data() + offset;
        double *p = out.plus.data() + offset, *q = out.minus.data() + offset;
        const double* re = v_re_.data() + offset;
        if (v_im_.size() == 0) {
            for (Index i = 0; i < size; ++i) p[i] = re[i] * a[i];
            for (Index i = 0; i < size; ++i) q[i] = re[i] * b[i];
            return;
        }
        const double* im = v_im_.data() + offset;
#pragma omp simd
        for (Index i = 0; i < size; ++i) {
            const double plus = a[i], minus = b[i], s = sign * im[i];
            p[i] = re[i] * plus - s * minus;
            q[i] = re[i] * minus + s * plus;
        }
    }

    Frame frame_;
    equation::ProjectorColumns columns_;
    RealMatrix v_re_, v_im_;
    Factor into_, out_of_;
    std::vector<Factor> left_;
};

}  // namespace

std::shared_ptr<const Pump> site_projector_pump(const System& system,
                                                const equation::SeparableKernel& kernel, Frame frame) {
    return std::make_shared<SiteProjectorPump>(system, kernel, frame);
}

}  // namespace redfield::generator
