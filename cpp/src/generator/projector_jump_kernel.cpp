#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"
#include "redfield/linalg/parallel.hpp"

// L_j = D g D*, D = diag(v_j), g = √γ real:  L_jρL_j† = D [ g (D*ρD) gᵀ ] D*.  The bracket is Hermitian
// and g real, so on packed states it costs two real products, and no L_j is ever formed.

namespace redfield::generator {

namespace {

class ProjectorJumpKernel final : public Kernel {
  public:
    ProjectorJumpKernel(const System& system, const ComplexMatrix& decay)
        : columns_(equation::projector_columns(system)), minus_decay_(ComplexMatrix(-decay)) {
        for (const BathTable& bath : system.baths().tables)
            root_.push_back((2.0 * bath.half_rate).cwiseSqrt());
    }

    Frame frame() const override { return Frame::eigenbasis; }

    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        const Index n = rho.rows();
        RealMatrix& minus = ws.matrix(0, n, n);
        RealMatrix& x = ws.matrix(1, n, n);
        RealMatrix& half = ws.matrix(2, n, n);
        RealMatrix& y = ws.matrix(3, n, n);
        RealMatrix& y_minus = ws.matrix(4, n, n);
        RealMatrix& pumped = ws.matrix(5, n, n);
        linalg::Planes& f = ws.planes(0, n, n);
        linalg::Planes& scratch = ws.planes(1, n, n);
        begin_with_decay(minus_decay_, rho, minus, f, scratch, x, ws.threads());
        pumped.setZero();
        for (std::size_t b = 0; b < root_.size(); ++b)
            for (Index j = columns_.first[b]; j < columns_.first[b + 1]; ++j) {
                const RealVector re = columns_.v.col(j).real(), im = columns_.v.col(j).imag();
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    dress(re, im, +1.0, rho, minus, first, count, false, x);
                });
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    half.middleCols(first, count).noalias() =
                        x * root_[b].transpose().middleCols(first, count);
                    y.middleCols(first, count).noalias() = root_[b] * half.middleCols(first, count);
                });
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    linalg::transpose_columns(y, first, count, y_minus);
                    dress(re, im, -1.0, y, y_minus, first, count, true, pumped);
                });
            }
        add_adjoint(f, out, ws.threads());
        out += pumped;
    }

  private:
    /// Columns of out (=, +=) D*XD (sign = +1) or DXD* (sign = −1), D = diag(re + i im).
    static void dress(const RealVector& re, const RealVector& im, double sign, const ConstRef& plus,
                      const RealMatrix& minus, Index first, Index count, bool add, RealMatrix& out) {
        for (Index l = first; l < first + count; ++l) {
            const RealVector wr = re * re[l] + im * im[l], wi = sign * (re * im[l] - im * re[l]);
            if (!add) out.col(l).setZero();
            out.col(l) += wr.cwiseProduct(plus.col(l)) + wi.cwiseProduct(minus.col(l));
        }
    }

    equation::ProjectorColumns columns_;
    linalg::Factor minus_decay_;
    std::vector<RealMatrix> root_;
};

}  // namespace

std::unique_ptr<Kernel> projector_jump_kernel(const System& system, const ComplexMatrix& decay) {
    return std::make_unique<ProjectorJumpKernel>(system, decay);
}

}  // namespace redfield::generator
