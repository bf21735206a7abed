#include "redfield/bath/drude_bath.hpp"

#include <cmath>

#include "bath/digamma.hpp"
#include "bath/pi.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

DrudeBath::DrudeBath(double strength, double cutoff, double beta)
    : strength_(strength), cutoff_(cutoff), beta_(beta), at_cutoff_(0.0) {
    require(std::isfinite(strength) && strength >= 0.0,
            "DrudeBath: strength must be finite and not negative, got ", strength);
    require(std::isfinite(cutoff) && cutoff > 0.0, "DrudeBath: cutoff must be finite and positive, got ",
            cutoff);
    require(beta > 0.0, "DrudeBath: beta must be positive, got ", beta);
    const double x = beta * cutoff;
    if (std::isfinite(x)) at_cutoff_ = bath::digamma(1.0 + x / (2.0 * bath::pi)).real() - bath::pi / x;
}

double DrudeBath::power_spectrum(double w) const {
    const double size = std::abs(w), ratio = size / cutoff_;
    const double slope = strength_ / (1.0 + ratio * ratio);
    if (std::isinf(beta_)) return w > 0.0 ? slope * size : 0.0;
    const double x = beta_ * size;
    if (x < 1e-300) return strength_ / beta_;
    const double up = slope * size / -std::expm1(-x);
    return w > 0.0 ? up : up * std::exp(-x);
}

double DrudeBath::lamb_shift(double w) const {
    const double ratio = w / cutoff_, size = std::abs(w);
    double bracket = 0.0;
    if (size > 0.0)
        bracket = std::isfinite(beta_ * cutoff_) && std::isfinite(beta_ * size)
                      ? bath::digamma({1.0, beta_ * size / (2.0 * bath::pi)}).real() - at_cutoff_
                      : std::log(size) - std::log(cutoff_);
    if (std::abs(ratio) > 1e150) return strength_ * cutoff_ * (bracket / (2.0 * bath::pi)) / ratio;
    return strength_ * cutoff_ * (ratio * bracket / (2.0 * bath::pi) - 0.25) / (1.0 + ratio * ratio);
}

}  // namespace redfield
