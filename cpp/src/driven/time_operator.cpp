#include "redfield/driven/time_operator.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "redfield/base/errors.hpp"
#include "system/require_operator.hpp"

namespace redfield::driven {

namespace {

constexpr Index projections = 8;

/// Random signs, whose products with a real vector have its norm on average: a few functions that change
/// wherever one of many entries does. Their seed is fixed, so that steps repeat.
RealMatrix random_signs(Index components) {
    std::mt19937 random(1);
    const double size = 1.0 / std::sqrt(static_cast<double>(projections));
    RealMatrix out(projections, components);
    for (Index i = 0; i < out.size(); ++i) out.data()[i] = (random() >> 16) % 2 == 0 ? size : -size;
    return out;
}

}  // namespace

TimeOperator::TimeOperator(ComplexMatrix constant) : n_(constant.rows()), constant_(std::move(constant)) {
    require(n_ > 0, "TimeOperator: constant is empty");
    system::require_operator(*constant_, n_, "TimeOperator: constant");
}

TimeOperator::TimeOperator(std::vector<ComplexMatrix> terms, const PiecewisePolynomial& coefficients) {
    require(!terms.empty() && coefficients.components() == 2 * static_cast<Index>(terms.size()),
            "TimeOperator: there must be a coefficient for each term");
    n_ = terms.front().rows();
    for (const ComplexMatrix& x : terms)
        require(x.rows() == n_ && x.cols() == n_, "TimeOperator: the terms differ in dimension");
    const auto shared = std::make_shared<const std::vector<ComplexMatrix>>(std::move(terms));
    const auto pieces = pieces_ = std::make_shared<const PiecewisePolynomial>(coefficients);
    weights_ = RealMatrix::Zero(coefficients.components(), coefficients.components());
    for (std::size_t k = 0; k < shared->size(); ++k)
        weights_.diagonal().segment(2 * static_cast<Index>(k), 2).setConstant((*shared)[k].norm());
    function_ = [shared, pieces](double t) {
        std::vector<Complex> f(shared->size());
        pieces->at(t, reinterpret_cast<double*>(f.data()));  // an array of complex is one of pairs
        ComplexMatrix out = f[0] * (*shared)[0];
        for (std::size_t k = 1; k < f.size(); ++k) out += f[k] * (*shared)[k];
        return out;
    };
}

TimeOperator::TimeOperator(Index n, const PiecewisePolynomial& entries) : n_(n) {
    require(entries.components() == 2 * n * n, "TimeOperator: there must be a function for each entry");
    const auto pieces = pieces_ = std::make_shared<const PiecewisePolynomial>(entries);
    weights_ = random_signs(entries.components());
    function_ = [n, pieces](double t) {
        ComplexMatrix out(n, n);
        pieces->at(t, reinterpret_cast<double*>(out.data()));
        return out;
    };
}

TimeOperator::TimeOperator(Index n, std::function<ComplexMatrix(double)> function,
                           std::optional<PiecewisePolynomial> shape)
    : n_(n), function_(std::move(function)) {
    require(n > 0, "TimeOperator: n must be positive, got ", n);
    require(function_ != nullptr, "TimeOperator: function is empty");
    if (!shape) return;
    weights_ = RealMatrix::Identity(shape->components(), shape->components());
    pieces_ = std::make_shared<const PiecewisePolynomial>(*std::move(shape));
}

ComplexMatrix TimeOperator::at(const Moment& moment) const {
    if (constant_) return *constant_;
    const auto value = [&](double t) {
        ComplexMatrix x = function_(t);
        require(x.rows() == n_ && x.cols() == n_, "at t = ", t, " an operator is ", x.rows(), " x ",
                x.cols(), ", not ", n_, " x ", n_);
        return x;
    };
    ComplexMatrix out = value(moment.t);
    if (moment.w != 1.0) out = moment.w * out + (1.0 - moment.w) * value(moment.s);
    return out;
}

Resolution TimeOperator::resolution(const std::vector<double>& breaks, double scale,
                                    double action) const {
    return pieces_ ? Resolution(*pieces_, scale * weights_, breaks, action) : Resolution();
}

double TimeOperator::largest() const {
    if (constant_) return constant_->norm();
    if (!pieces_) return 0.0;
    double out = 0.0;
    RealVector value(pieces_->components());
    const std::vector<double>& ends = pieces_->breaks();
    constexpr int looks = 16;
    for (std::size_t p = 0; p + 1 < ends.size(); ++p)
        for (int i = 0; i < looks; ++i) {
            pieces_->at(ends[p] + (i + 0.5) / looks * (ends[p + 1] - ends[p]), value.data());
            out = std::max(out, (weights_ * value).norm());
        }
    return out;
}

}  // namespace redfield::driven
