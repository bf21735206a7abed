#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "redfield/bath/bath.hpp"
#include "redfield/bath/expansion.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// A bath with a correlation function C(t ≥ 0) of your own, C(−t) = C(t)*, which must decay:
///   Γ(ω) = ∫₀^∞ dt C(t) e^{iωt},   γ = 2 Re Γ,   η = Im Γ.
/// C is expanded in Legendre polynomials on panels that resolve it, once, when it is first asked for;
/// their transforms are closed forms. Copies share them. ConvergenceError where C decays too slowly or is
/// too rough.
class REDFIELD_EXPORT CorrelationBath {
  public:
    /// C at `count` times; the calling thread alone calls it.
    using Function = std::function<void(const double* t, Complex* c, Index count)>;

    /// `time_scale` is the time over which C varies first; `noise` the rounding of C in its largest
    /// value, where it is not relative to C(t) itself. std::invalid_argument without a function, where
    /// the time scale is not positive and finite, or the noise negative.
    CorrelationBath(Function correlation, double time_scale, double noise = 0.0);
    /// C(t) of one time at a time.
    template <class C, std::enable_if_t<std::is_invocable_r_v<Complex, C&, double>, int> = 0>
    CorrelationBath(C c, double time_scale, double noise = 0.0)
        : CorrelationBath(Function([c = std::move(c)](const double* t, Complex* out, Index count) {
                              for (Index k = 0; k < count; ++k) out[k] = c(t[k]);
                          }),
                          time_scale, noise) {}

    /// Γ at `count` frequencies.
    void one_sided(const double* w, Complex* out, Index count) const;
    /// γ at `count` frequencies, a rate; not negative by rounding alone.
    void power_spectrum(const double* w, double* gamma, Index count) const;
    double power_spectrum(double w) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// An upper estimate of the absolute error of η and of γ/2.
    double lamb_shift_error() const;
    /// C at `count` times, an energy squared.
    void correlation(const double* t, Complex* c, Index count) const;
    Complex correlation(double t) const;
    /// Time over which C varies first, and the rounding of C in its largest value.
    double time_scale() const;
    double noise() const;
    /// Frequencies where γ varies.
    std::vector<Feature> features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const;

  private:
    struct State;
    std::shared_ptr<const bath::Panels<Complex>> panels() const;
    std::shared_ptr<const State> state_;
};

}  // namespace redfield
