#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// C(t) = tr[B(t) B ρ_B] of a bath for t ≥ 0, an energy squared, and the time over which it first varies.
/// Any bath that has `correlation(t)` and `time_scale()` is one; of a C of your own,
/// CorrelationFunction{c, τ}.
class REDFIELD_EXPORT CorrelationFunction {
  public:
    /// C at `count` times. It is called by the calling thread only.
    using Function = std::function<void(const double* t, Complex* c, Index count)>;

    /// `noise`, a part of the largest |C|, is the rounding of C where that is not relative to C(t)
    /// itself. std::invalid_argument without a function, or where the time scale is not positive and
    /// finite.
    CorrelationFunction(Function function, double time_scale, double noise = 0.0);

    /// C(t) of one time at a time.
    template <class C, std::enable_if_t<std::is_invocable_r_v<Complex, C&, double>, int> = 0>
    CorrelationFunction(C c, double time_scale, double noise = 0.0)
        : CorrelationFunction(Function([c = std::move(c)](const double* t, Complex* out, Index count) {
                                  for (Index k = 0; k < count; ++k) out[k] = c(t[k]);
                              }),
                              time_scale, noise) {}

    template <class Bath, class = decltype(std::declval<const Bath&>().time_scale()),
              std::enable_if_t<!std::is_same_v<std::decay_t<Bath>, CorrelationFunction>, int> = 0>
    CorrelationFunction(const Bath& bath)
        : CorrelationFunction([bath](double t) { return bath.correlation(t); }, bath.time_scale()) {}

    double time_scale() const { return time_scale_; }
    double noise() const { return noise_; }
    /// std::invalid_argument where C is not finite.
    void evaluate(const double* t, Complex* c, Index count) const;

  private:
    Function function_;
    double time_scale_, noise_;
};

/// Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} and its derivative in ω at frequencies (M,), to 1e-10 of ∫|C|; T may be
/// infinite. std::invalid_argument unless it is positive, ConvergenceError where C is too rough or does
/// not end.
struct Windowed {
    Eigen::VectorXcd value, derivative;
};
REDFIELD_EXPORT Windowed windowed(const CorrelationFunction& correlation, const RealVector& w,
                                  double window);

}  // namespace redfield
