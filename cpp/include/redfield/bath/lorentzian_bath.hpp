#pragma once

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// A damped mode, C(t) = ½λW e^{−iω_0t − W|t|}, which has no temperature:
///   γ(ω) = λ W²/((ω − ω_0)² + W²),  η(ω) = ½λ W(ω − ω_0)/((ω − ω_0)² + W²).
///
class REDFIELD_EXPORT LorentzianBath {
  public:
    /// λ ≥ 0, the largest rate; W > 0 and ω_0, energies. std::invalid_argument otherwise.
    LorentzianBath(double strength, double width, double centre = 0.0);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// C(t), an energy squared.
    Complex correlation(double t) const;
    /// Over which C varies first.
    double time_scale() const;
    /// Where γ varies.
    std::vector<Feature> features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    double strength_, width_, centre_;
};

}  // namespace redfield
