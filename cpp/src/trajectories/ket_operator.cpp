#include "trajectories/ket_operator.hpp"

#include <algorithm>

namespace redfield::trajectories {

namespace {

/// Σ over entries [0, n) of term(entry), in blocks whose rounding does not matter.
template <class Scalar, class Term>
Sums<Scalar> summed(Index n, const Term& term) {
    constexpr Index block = 64;
    Sums<Scalar> sum = Sums<Scalar>::Zero();
    for (Index first = 0; first < n; first += block) {
        linalg::Lanes<Scalar> part = linalg::Lanes<Scalar>::Zero();
        for (Index c = first; c < std::min(first + block, n); ++c) part += term(c * lanes<Scalar>);
        sum += part.template cast<double>();
    }
    return sum;
}

}  // namespace

template <class Scalar>
KetOperator<Scalar>::KetOperator(const Operator& op) {
    if (const auto* sparse = std::get_if<SparseMatrix>(&op)) {
        n_ = sparse->rows();
        rows_ = linalg::SparseRows<Scalar>(*sparse);
        return;
    }
    const auto& dense = std::get<ComplexMatrix>(op);
    n_ = dense.rows();
    dense_re_ = dense.real().transpose().cast<Scalar>();
    if (dense.imag().cwiseAbs().maxCoeff() > 0.0) dense_im_ = dense.imag().transpose().cast<Scalar>();
}

template <class Scalar>
void KetOperator<Scalar>::multiply(const Scalar* x, Scalar* y, Scalar scale, Scalar centre, Scalar back,
                                   const Scalar* z) const {
    using In = linalg::LanesIn<Scalar>;
    using Out = linalg::LanesOut<Scalar>;
    using Side = Eigen::Matrix<Scalar, lanes<Scalar>, Eigen::Dynamic>;
    constexpr Index width = lanes<Scalar>;
    const Scalar *x_re = x, *x_im = x + width * n_;
    Scalar *y_re = y, *y_im = y + width * n_;
    const Scalar *z_re = z, *z_im = z == nullptr ? nullptr : z + width * n_;
    const auto finish = [&](Index r, const Lanes& re, const Lanes& im) {
        const Index at = width * r;
        Lanes a = scale * (re - centre * In(x_re + at)), b = scale * (im - centre * In(x_im + at));
        if (back != Scalar(0)) {
            a += back * In(z_re + at);
            b += back * In(z_im + at);
        }
        Out(y_re + at) = a;
        Out(y_im + at) = b;
    };
    if (dense_re_.size() != 0) {
        const Eigen::Map<const Side, Eigen::Aligned64> re(x_re, width, n_), im(x_im, width, n_);
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

template <class Scalar>
void KetOperator<Scalar>::expectation(const Scalar* x, Scalar* y, Sums<Scalar>& re,
                                      Sums<Scalar>& im) const {
    using In = linalg::LanesIn<Scalar>;
    multiply(x, y);
    const Scalar *x_im = x + lanes<Scalar> * n_, *y_im = y + lanes<Scalar> * n_;
    re = summed<Scalar>(
        n_, [&](Index at) { return In(x + at) * In(y + at) + In(x_im + at) * In(y_im + at); });
    im = summed<Scalar>(
        n_, [&](Index at) { return In(x + at) * In(y_im + at) - In(x_im + at) * In(y + at); });
}

template <class Scalar>
Sums<Scalar> squared_norms(const Scalar* x, Index n) {
    return summed<Scalar>(2 * n, [&](Index at) { return linalg::LanesIn<Scalar>(x + at).square(); });
}

template class KetOperator<double>;
template class KetOperator<float>;
template Sums<double> squared_norms<double>(const double*, Index);
template Sums<float> squared_norms<float>(const float*, Index);

}  // namespace redfield::trajectories
