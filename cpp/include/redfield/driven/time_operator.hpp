#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/driven/piecewise_polynomial.hpp"
#include "redfield/driven/resolution.hpp"

namespace redfield::driven {

/// A time, or the mean of two: X there is w X(t) + (1 − w) X(s). Exponential steps need means.
struct Moment {
    explicit Moment(double time) : t(time), s(time) {}
    Moment(double first, double second, double weight) : t(first), s(second), w(weight) {}
    double t, s;
    double w = 1.0;
};

/// X(t) on N levels, in the basis H is given in. Copies share what they are made of.
class REDFIELD_EXPORT TimeOperator {
  public:
    explicit TimeOperator(ComplexMatrix constant);
    /// Σ_k f_k(t) X_k, with Re f_k and Im f_k the components 2k and 2k + 1.
    TimeOperator(std::vector<ComplexMatrix> terms, const PiecewisePolynomial& coefficients);
    /// Every entry: Re and Im of X_kl the components 2(k + N l) and the next.
    TimeOperator(Index n, const PiecewisePolynomial& entries);
    /// Any function; it is called by one thread at a time, outside parallel regions. `shape`: a few real
    /// functions of time that change wherever it does and by as much, if they are known.
    TimeOperator(Index n, std::function<ComplexMatrix(double)> function,
                 std::optional<PiecewisePolynomial> shape = std::nullopt);

    Index dimension() const { return n_; }
    bool is_constant() const { return constant_.has_value(); }
    ComplexMatrix at(const Moment& moment) const;
    /// The intervals in which steps resolve X(t), that change a state at a rate of at most scale·‖X‖ and
    /// may miss `action` of it; none, where nothing is known of a function.
    Resolution resolution(const std::vector<double>& breaks, double scale, double action) const;
    /// The largest ‖X‖_F at any time; 0 where nothing is known of a function.
    double largest() const;

  private:
    Index n_;
    std::optional<ComplexMatrix> constant_;
    std::function<ComplexMatrix(double)> function_;
    std::shared_ptr<const PiecewisePolynomial> pieces_;
    RealMatrix weights_;  ///< ‖X‖_F is about the norm of weights_ times the pieces' value
};

}  // namespace redfield::driven
