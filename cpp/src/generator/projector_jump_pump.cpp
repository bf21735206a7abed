#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/parallel.hpp"

// L_j = D g D*, D = diag(v_j), g real:  Λ_jρB_j† = ½L_jρL_j† = ½ D [ g (D*ρD) gᵀ ] D*.  The bracket is
// Hermitian and g real, so on packed states it costs two real products, and no L_j is ever formed.

namespace redfield::generator {

namespace {

class ProjectorJumpPump final : public Pump {
  public:
    ProjectorJumpPump(const System& system, const equation::SeparableKernel& kernel)
        : columns_(equation::projector_columns(system)) {
        for (std::size_t b = 0; b < system.baths().tables.size(); ++b) {
            left_.push_back(kernel.left(b).real());
            right_transposed_.push_back(kernel.right(b).transpose());
        }
    }

    Frame frame() const override { return Frame::eigenbasis; }

    void add(const ConstRef& rho, const RealMatrix& minus, linalg::Planes& f,
             linalg::Workspace& ws) const override {
        const Index n = rho.rows();
        RealMatrix& x = ws.matrix(own_slots, n, n);
        RealMatrix& half = ws.matrix(own_slots + 1, n, n);
        RealMatrix& y = ws.matrix(own_slots + 2, n, n);
        RealMatrix& y_minus = ws.matrix(own_slots + 3, n, n);
        RealMatrix& pumped = ws.matrix(own_slots + 4, n, n);
        pumped.setZero();
        for (std::size_t b = 0; b < left_.size(); ++b)
            for (Index j = columns_.first[b]; j < columns_.first[b + 1]; ++j) {
                const RealVector re = columns_.v.col(j).real(), im = columns_.v.col(j).imag();
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    dress(re, im, +1.0, rho, minus, first, count, false, x);
                });
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    half.middleCols(first, count).noalias() =
                        x * right_transposed_[b].middleCols(first, count);
                    y.middleCols(first, count).noalias() = left_[b] * half.middleCols(first, count);
                });
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    linalg::transpose_columns(y, first, count, y_minus);
                    dress(re, im, -1.0, y, y_minus, first, count, true, pumped);
                });
            }
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::transpose_columns(pumped, first, count, y_minus);
            f.plus.middleCols(first, count) += pumped.middleCols(first, count);
            f.minus.middleCols(first, count) += y_minus.middleCols(first, count);
        });
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
    std::vector<RealMatrix> left_, right_transposed_;
};

}  // namespace

std::shared_ptr<const Pump> projector_jump_pump(const System& system,
                                                const equation::SeparableKernel& kernel) {
    return std::make_shared<ProjectorJumpPump>(system, kernel);
}

}  // namespace redfield::generator
