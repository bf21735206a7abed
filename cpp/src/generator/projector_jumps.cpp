#include "generator/kernel.hpp"
#include "linalg/product.hpp"
#include "redfield/base/parallel.hpp"

// Jump operators L_j = D g D*, D = diag(v_j), g real:  ½L_jρL_j† = ½ D [ g (D*ρD) gᵀ ] D*.  The bracket
// is Hermitian and g real, so that on packed states it costs two real products, and no L_j is ever
// formed. DenseTerms computes the same in twice to three times as many products and O(N³)
// memory: in 0.9 (real H) and 1.6 (complex H) times the time at N = 8, 1.4 and 2.0 at 27, 6 and 10 at 64.

namespace redfield::generator {

using linalg::Buffer;
using linalg::Store;
using linalg::product::multiply_columns;

namespace {

template <class Scalar>
class ProjectorJumps final : public GainTerms<Scalar> {
    using Matrix = MatrixOf<Scalar>;

    /// The jumps of one bath; without an imaginary part of V where it is real.
    struct Jumps {
        Matrix v_re, v_im, half_g, g_transposed;
    };

  public:
    explicit ProjectorJumps(const LambdaForm& form) {
        for (const ProjectorTerms& terms : form.projectors) {
            if (!are_jumps(terms)) continue;
            const ComplexMatrix v = columns_of(terms, form.eigensystem);
            const bool is_real = v.imag().cwiseAbs().sum() == 0.0;
            jumps_.push_back({v.real().template cast<Scalar>(),
                              is_real ? Matrix() : Matrix(v.imag().template cast<Scalar>()),
                              (0.5 * terms.g).template cast<Scalar>(),
                              terms.g.transpose().template cast<Scalar>()});
        }
    }

    void add(const ConstRefOf<Scalar>& rho, const Matrix& minus, linalg::BasicPlanes<Scalar>& f,
             linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        Matrix& x = ws.matrix(Buffer::x, n, n);
        Matrix& z = ws.matrix(Buffer::z, n, n);
        Matrix& y = ws.matrix(Buffer::y, n, n);
        Matrix& y_minus = ws.matrix(Buffer::y_transposed, n, n);
        Matrix& gain = ws.matrix(Buffer::gain, n, n);
        gain.setZero();
        for (const Jumps& jumps : jumps_)
            for (Index j = 0; j < jumps.v_re.cols(); ++j) {
                base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    dress(jumps, j, Scalar(1), rho, minus, first, count, false, x);
                });
                base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    multiply_columns(x, jumps.g_transposed, first, count, Store::assign, z);
                    multiply_columns(jumps.half_g, z, first, count, Store::assign, y);
                });
                base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                    if (jumps.v_im.size() != 0) linalg::transpose_columns(y, first, count, y_minus);
                    dress(jumps, j, Scalar(-1), y, y_minus, first, count, true, gain);
                });
            }
        base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::transpose_columns(gain, first, count, y_minus);
            f.plus.middleCols(first, count) += gain.middleCols(first, count);
            f.minus.middleCols(first, count) += y_minus.middleCols(first, count);
        });
    }

  private:
    /// Columns of out (=, +=) D*XD (sign = +1) or DXD* (sign = −1), D = diag(re + i im):
    /// weights w_kl = (re_k − i sign im_k)(re_l + i sign im_l), of which im w = 0 for real D.
    static void dress(const Jumps& jumps, Index j, Scalar sign, const ConstRefOf<Scalar>& plus,
                      const Matrix& minus, Index first, Index count, bool add, Matrix& out) {
        const auto re = jumps.v_re.col(j).array();
        for (Index l = first; l < first + count; ++l) {
            auto column = out.col(l).array();
            if (!add) column.setZero();
            if (jumps.v_im.size() == 0) {
                column += jumps.v_re(l, j) * re * plus.col(l).array();
                continue;
            }
            const auto im = jumps.v_im.col(j).array();
            const Scalar re_l = jumps.v_re(l, j), im_l = jumps.v_im(l, j);
            column += (re * re_l + im * im_l) * plus.col(l).array() +
                      (re * (sign * im_l) - im * (sign * re_l)) * minus.col(l).array();
        }
    }

    std::vector<Jumps> jumps_;
};

}  // namespace

template <class Scalar>
std::shared_ptr<const GainTerms<Scalar>> projector_jumps(const LambdaForm& form) {
    for (const ProjectorTerms& terms : form.projectors)
        if (are_jumps(terms)) return std::make_shared<ProjectorJumps<Scalar>>(form);
    return nullptr;
}

template std::shared_ptr<const GainTerms<double>> projector_jumps(const LambdaForm&);
template std::shared_ptr<const GainTerms<float>> projector_jumps(const LambdaForm&);

}  // namespace redfield::generator
