#pragma once

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// Bosons with J(ω) = λω e^{−ω/ω_c} at inverse temperature β, the bath of arXiv:2507.10080, Eq. 16:
///   γ(ω) = λω e^{−|ω|/ω_c} / (1 − e^{−βω}),  γ(0) = λ/β,
///   η(ω) = λ/2π { [g(a_0ω) − 1]/a_0 + Σ_{k≥1} [g(a_kω) − g(−a_kω)]/a_k },
/// with a_k = 1/ω_c + kβ and g(z) = z e^{−z} Ei(z).
class REDFIELD_EXPORT OhmicBath {
  public:
    /// λ ≥ 0, dimensionless; ω_c > 0, an energy, infinite for no cutoff; β > 0, infinite for zero
    /// temperature. std::invalid_argument otherwise.
    OhmicBath(double strength, double cutoff, double beta);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    /// η(ω), a rate, to about 1e-12 of its largest value; std::invalid_argument without a cutoff, where
    /// it diverges.
    double lamb_shift(double w) const;
    /// η at `count` frequencies; ±ω next to each other cost little more than one.
    void lamb_shift(const double* w, double* out, Index count) const;
    /// C(t) = λ/2π { 1/(a_0 + it)² + 2 Re Σ_{k≥1} 1/(a_k + it)² }, an energy squared;
    /// std::invalid_argument without a cutoff, where C(0) diverges.
    Complex correlation(double t) const;
    /// Over which C varies first, 1/ω_c.
    double time_scale() const { return inverse_cutoff_; }
    /// Where γ varies.
    std::vector<Feature> features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    double strength_, inverse_cutoff_, beta_;
};

}  // namespace redfield
