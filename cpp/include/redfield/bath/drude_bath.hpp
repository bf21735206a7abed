#pragma once

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// Bosons with the Drude-Lorentz density J(ω) = λωω_c²/(ω² + ω_c²) at inverse temperature β:
///   γ(ω) = J(ω)/(1 − e^{−βω}),  γ(0) = λ/β,
///   η(ω) = λω_c²/(ω² + ω_c²) { −ω_c/4 + ω/2π [ π/βω_c + Re ψ(1 + iβω/2π) − ψ(1
///   + βω_c/2π) ] },
/// ψ the digamma function; at β = ∞ the bracket is ln|ω/ω_c|. The formula is what the sum over Matsubara
/// frequencies gives once its terms are taken together: no pole of J meets one of coth in it.
class REDFIELD_EXPORT DrudeBath {
  public:
    /// λ ≥ 0, dimensionless; ω_c > 0, an energy; β > 0, infinite for zero temperature.
    /// std::invalid_argument otherwise.
    DrudeBath(double strength, double cutoff, double beta);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// C(t), an energy squared, which diverges as −ln t at 0, C(−t) = C(t)*. With ν_k = 2πk/β, for t > 0
    ///   C(t) = λω_c²/4 [cot(βω_c/2) − i] e^{−ω_ct} + λω_c²/β Σ_{k≥1} ν_k e^{−ν_kt}/(ν_k² − ω_c²),
    /// whose poles at βω_c = 2πk cancel in closed form here and whose sum is done.
    Complex correlation(double t) const;
    /// Over which C varies.
    double time_scale() const { return 1.0 / cutoff_; }
    /// Where γ varies.
    std::vector<Feature> features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    double strength_, cutoff_, beta_;
    double at_cutoff_;  // ψ(1 + βω_c/2π) − π/βω_c
};

}  // namespace redfield
