#include "redfield/driven/time_operator.hpp"

#include <memory>

#include "redfield/linalg/errors.hpp"
#include "system/require_operator.hpp"

namespace redfield::driven {

TimeOperator::TimeOperator(ComplexMatrix constant) : n_(constant.rows()), constant_(std::move(constant)) {
    require(n_ > 0, "TimeOperator: constant is empty");
    require_operator(*constant_, n_, "TimeOperator: constant");
}

TimeOperator::TimeOperator(std::vector<ComplexMatrix> terms, const Pieces& coefficients) {
    require(!terms.empty() && coefficients.components() == 2 * static_cast<Index>(terms.size()),
            "TimeOperator: there must be a coefficient for each term");
    n_ = terms.front().rows();
    for (const ComplexMatrix& x : terms)
        require(x.rows() == n_ && x.cols() == n_, "TimeOperator: the terms differ in dimension");
    const auto shared = std::make_shared<const std::vector<ComplexMatrix>>(std::move(terms));
    const auto pieces = std::make_shared<const Pieces>(coefficients);
    function_ = [shared, pieces](double t) {
        std::vector<Complex> f(shared->size());
        pieces->at(t, reinterpret_cast<double*>(f.data()));  // an array of complex is one of pairs
        ComplexMatrix out = f[0] * (*shared)[0];
        for (std::size_t k = 1; k < f.size(); ++k) out += f[k] * (*shared)[k];
        return out;
    };
}

TimeOperator::TimeOperator(Index n, const Pieces& entries) : n_(n) {
    require(entries.components() == 2 * n * n, "TimeOperator: there must be a function for each entry");
    const auto pieces = std::make_shared<const Pieces>(entries);
    function_ = [n, pieces](double t) {
        ComplexMatrix out(n, n);
        pieces->at(t, reinterpret_cast<double*>(out.data()));
        return out;
    };
}

TimeOperator::TimeOperator(Index n, std::function<ComplexMatrix(double)> function)
    : n_(n), function_(std::move(function)) {
    require(n > 0, "TimeOperator: n must be positive, got ", n);
    require(function_ != nullptr, "TimeOperator: function is empty");
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

}  // namespace redfield::driven
