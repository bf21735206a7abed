#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/parallel.hpp"

// L_j = D g D*, D = diag(v_j), g real:  Λ_jρB_j† = ½L_jρL_j† = ½ D [ g (D*ρD) gᵀ ] D*.  The bracket is
// Hermitian and g real, so on packed states it costs two real products, and no L_j is ever formed.

namespace redfield::generator {

namespace {

template <class Scalar>
class ProjectorJumpPump final : public BasicPump<Scalar> {
    using Matrix = MatrixOf<Scalar>;
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    using BasicPump<Scalar>::own_slots;

  public:
    ProjectorJumpPump(const System& system, const equation::SeparableKernel& kernel) {
        const equation::ProjectorColumns columns = equation::projector_columns(system);
        v_re_ = columns.v.real();
        v_im_ = columns.v.imag();
        first_ = columns.first;
        for (std::size_t b = 0; b < system.baths().tables.size(); ++b) {
            left_.push_back(kernel.left(b).real());
            right_transposed_.push_back(kernel.right(b).transpose());
        }
    }

    template <class Other>
    explicit ProjectorJumpPump(const ProjectorJumpPump<Other>& of)
        : first_(of.first_),
          v_re_(of.v_re_.template cast<Scalar>()),
          v_im_(of.v_im_.template cast<Scalar>()) {
        for (const auto& m : of.left_) left_.push_back(m.template cast<Scalar>());
        for (const auto& m : of.right_transposed_) right_transposed_.push_back(m.template cast<Scalar>());
    }

    Frame frame() const override { return Frame::eigenbasis; }
    std::shared_ptr<const BasicPump<float>> single() const override {
        return std::make_shared<ProjectorJumpPump<float>>(*this);
    }

    void add(const ConstRefOf<Scalar>& rho, const Matrix& minus, linalg::BasicPlanes<Scalar>& f,
             linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        Matrix& x = ws.matrix(own_slots, n, n);
        Matrix& half = ws.matrix(own_slots + 1, n, n);
        Matrix& y = ws.matrix(own_slots + 2, n, n);
        Matrix& y_minus = ws.matrix(own_slots + 3, n, n);
        Matrix& pumped = ws.matrix(own_slots + 4, n, n);
        pumped.setZero();
        for (std::size_t b = 0; b < left_.size(); ++b)
            for (Index j = first_[b]; j < first_[b + 1]; ++j) {
                const Vector re = v_re_.col(j), im = v_im_.col(j);
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    dress(re, im, Scalar(1), rho, minus, first, count, false, x);
                });
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    half.middleCols(first, count).noalias() =
                        x * right_transposed_[b].middleCols(first, count);
                    y.middleCols(first, count).noalias() = left_[b] * half.middleCols(first, count);
                });
                linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    linalg::transpose_columns(y, first, count, y_minus);
                    dress(re, im, Scalar(-1), y, y_minus, first, count, true, pumped);
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
    static void dress(const Vector& re, const Vector& im, Scalar sign, const ConstRefOf<Scalar>& plus,
                      const Matrix& minus, Index first, Index count, bool add, Matrix& out) {
        for (Index l = first; l < first + count; ++l) {
            const Vector wr = re * re[l] + im * im[l], wi = sign * (re * im[l] - im * re[l]);
            if (!add) out.col(l).setZero();
            out.col(l) += wr.cwiseProduct(plus.col(l)) + wi.cwiseProduct(minus.col(l));
        }
    }

    template <class Other>
    friend class ProjectorJumpPump;

    std::vector<Index> first_;  // of each bath's columns
    Matrix v_re_, v_im_;
    std::vector<Matrix> left_, right_transposed_;
};

}  // namespace

std::shared_ptr<const Pump> projector_jump_pump(const System& system,
                                                const equation::SeparableKernel& kernel) {
    return std::make_shared<ProjectorJumpPump<double>>(system, kernel);
}

}  // namespace redfield::generator
