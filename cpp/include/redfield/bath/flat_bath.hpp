#pragma once

#include "redfield/bath/power_spectrum.hpp"
#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// White noise: γ(ω) is one rate at every frequency, η = 0. With it Redfield's equation is Lindblad's,
/// with √γ A_j as jump operators. Usable as a redfield::OneSided.
class REDFIELD_EXPORT FlatBath {
  public:
    /// γ ≥ 0, a rate; std::invalid_argument otherwise.
    explicit FlatBath(double rate);

    /// γ(ω), a rate.
    double power_spectrum(double) const { return rate_; }
    /// η(ω) = 0.
    double lamb_shift(double) const { return 0.0; }
    /// γ varies nowhere: any feature will do.
    std::vector<Feature> features() const { return {{0.0, 1.0}}; }
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double) const { return {0.5 * rate_, 0.0}; }

  private:
    double rate_;
};

}  // namespace redfield
