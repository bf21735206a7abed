#include "trajectories/ket_operator.hpp"

namespace redfield::trajectories {

using linalg::Lanes;
using linalg::LanesIn;
using linalg::LanesOut;

namespace {

using Side = Eigen::Matrix<double, lanes, Eigen::Dynamic>;

}  // namespace

KetOperator::Rows KetOperator::rows_of(const Eigen::SparseMatrix<Complex, Eigen::RowMajor>& a,
                                       bool imaginary) {
    Rows out;
    out.start.push_back(0);
    for (Index r = 0; r < a.rows(); ++r) {
        for (Eigen::SparseMatrix<Complex, Eigen::RowMajor>::InnerIterator it(a, r); it; ++it) {
            const double value = imaginary ? it.value().imag() : it.value().real();
            if (value == 0.0) continue;
            out.column.push_back(static_cast<std::int32_t>(it.col()));
            out.value.push_back(value);
        }
        out.start.push_back(static_cast<std::int32_t>(out.column.size()));
    }
    return out;
}

KetOperator::KetOperator(const Operator& op) {
    if (const auto* sparse = std::get_if<SparseMatrix>(&op)) {
        n_ = sparse->rows();
        re_ = rows_of(*sparse, false);
        im_ = rows_of(*sparse, true);
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
        const auto row = static_cast<std::size_t>(r);
        for (auto i = static_cast<std::size_t>(re_.start[row]);
             i < static_cast<std::size_t>(re_.start[row + 1]); ++i) {
            const Index c = lanes * re_.column[i];
            re += re_.value[i] * LanesIn(x_re + c);
            im += re_.value[i] * LanesIn(x_im + c);
        }
        for (auto i = static_cast<std::size_t>(im_.start[row]);
             i < static_cast<std::size_t>(im_.start[row + 1]); ++i) {
            const Index c = lanes * im_.column[i];
            re -= im_.value[i] * LanesIn(x_im + c);
            im += im_.value[i] * LanesIn(x_re + c);
        }
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
