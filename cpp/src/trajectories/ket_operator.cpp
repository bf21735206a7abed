#include "trajectories/ket_operator.hpp"

namespace redfield::trajectories {

using linalg::Lanes;
using linalg::LanesIn;
using linalg::LanesOut;

namespace {

using Side = Eigen::Matrix<double, lanes, Eigen::Dynamic>;

}  // namespace

KetOperator::KetOperator(const Operator& op) {
    if (const auto* sparse = std::get_if<SparseMatrix>(&op)) {
        n_ = sparse->rows();
        rows_ = linalg::SparseRows(*sparse);
        return;
    }
    const auto& dense = std::get<ComplexMatrix>(op);
    n_ = dense.rows();
    dense_re_ = dense.real().transpose();
    if (dense.imag().cwiseAbs().maxCoeff() > 0.0) dense_im_ = dense.imag().transpose();
}

void KetOperator::multiply(const double* x, double* y, double scale, double centre, double back,
                           const double* z) const {
    const double *x_re = x, *x_im = x + lanes * n_;
    double *y_re = y, *y_im = y + lanes * n_;
    const double *z_re = z, *z_im = z == nullptr ? nullptr : z + lanes * n_;
    const auto finish = [&](Index r, const Lanes& re, const Lanes& im) {
        const Index at = lanes * r;
        Lanes a = scale * (re - centre * LanesIn(x_re + at)),
              b = scale * (im - centre * LanesIn(x_im + at));
        if (back != 0.0) {
            a += back * LanesIn(z_re + at);
            b += back * LanesIn(z_im + at);
        }
        LanesOut(y_re + at) = a;
        LanesOut(y_im + at) = b;
    };
    if (dense_re_.size() != 0) {
        const Eigen::Map<const Side, Eigen::Aligned64> re(x_re, lanes, n_), im(x_im, lanes, n_);
        Side product_re = re * dense_re_, product_im = im * dense_re_;
        if (dense_im_.size() != 0) {
            product_re.noalias() -= im * dense_im_;
            product_im.noalias() += re * dense_im_;
        }
        for (Index r = 0; r < n_; ++r) finish(r, product_re.col(r).array(), product_im.col(r).array());
        return;
    }
    for (Index r = 0; r < n_; ++r) {
        Lanes re = Lanes::Zero(), im = Lanes::Zero();
        rows_.accumulate(r, x_im, x_re, im, re);
        finish(r, re, im);
    }
}

void KetOperator::expectation(const double* x, double* y, Lanes& re, Lanes& im) const {
    multiply(x, y);
    const double *x_im = x + lanes * n_, *y_im = y + lanes * n_;
    re.setZero();
    im.setZero();
    for (Index at = 0; at < lanes * n_; at += lanes) {
        const LanesIn a(x + at), b(x_im + at), c(y + at), d(y_im + at);
        re += a * c + b * d;
        im += a * d - b * c;
    }
}

Lanes squared_norms(const double* x, Index n) {
    Lanes sum = Lanes::Zero();
    for (Index at = 0; at < 2 * lanes * n; at += lanes) {
        const LanesIn a(x + at);
        sum += a * a;
    }
    return sum;
}

}  // namespace redfield::trajectories
