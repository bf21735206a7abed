#pragma once

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/bath/derivatives.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// White noise: γ(ω) is one rate at every frequency, η = 0. With it Redfield's equation is Lindblad's,
/// with √γ A_j as jump operators.
class REDFIELD_EXPORT FlatBath {
  public:
    /// γ ≥ 0, a rate; std::invalid_argument otherwise.
    explicit FlatBath(double rate);

    /// γ(ω), a rate.
    double power_spectrum(double) const { return rate_; }
    /// η(ω) = 0.
    double lamb_shift(double) const { return 0.0; }
    /// Half of C = γδ(t) lies in any window.
    Windowed windowed(const RealVector& w, double) const {
        return {Eigen::VectorXcd::Constant(w.size(), 0.5 * rate_), Eigen::VectorXcd::Zero(w.size())};
    }
    /// ∂Γ/∂γ = ½.
    DerivativesAt<1> derivatives(double, bool = true) const { return {0.0, {Complex(0.5)}}; }
    /// γ varies nowhere: any feature will do.
    std::vector<Feature> features() const { return {{0.0, 1.0}}; }
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double) const { return {0.5 * rate_, 0.0}; }

  private:
    double rate_;
};

}  // namespace redfield
