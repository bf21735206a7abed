#pragma once

#include <memory>
#include <vector>

#include "redfield/bath/correlation_function.hpp"
#include "redfield/bath/feature.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// A bath with a correlation function C(t ≥ 0) of your own, C(−t) = C(t)*, which must decay:
///   Γ(ω) = ∫₀^∞ dt C(t) e^{iωt},   γ = 2 Re Γ,   η = Im Γ.
/// C is expanded in Legendre polynomials on panels that resolve it, once, when it is first asked for;
/// their transforms are closed forms. Copies share them. ConvergenceError where C decays too slowly or is
/// too rough.
class REDFIELD_EXPORT CorrelationBath {
  public:
    explicit CorrelationBath(CorrelationFunction correlation);

    /// Γ at `count` frequencies.
    void one_sided(const double* w, Complex* out, Index count) const;
    /// γ(ω), a rate; not negative by rounding alone.
    double power_spectrum(double w) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// An upper estimate of the absolute error of η and of γ/2.
    double lamb_shift_error() const;
    /// C(t), an energy squared.
    Complex correlation(double t) const;
    /// Time over which C varies first.
    double time_scale() const;
    /// Frequencies where γ varies.
    std::vector<Feature> features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const;

  private:
    struct State;
    std::shared_ptr<const State> state_;
};

}  // namespace redfield
