#include <algorithm>
#include <cmath>
#include <limits>

#include "bath/digamma.hpp"
#include "bath/exponential_integrals.hpp"
#include "bath/matsubara_sum.hpp"
#include "bath/pi.hpp"
#include "bath/thermal.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/bath/closed_forms.hpp"

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

DerivativesAt<3> DrudeBath::derivatives(double w, bool lamb_shift) const {
    // In r = ω/ω_c: c = 1/(1 + r²), rc and q = r²c = 1 − c, of which none overflows.
    const double r = w / cutoff_, size = std::abs(r), c = 1.0 / (1.0 + r * r);
    const double rc = size > 1.0 ? 1.0 / (r + 1.0 / r) : r * c, q = size > 1.0 ? rc * r : r * rc;
    const auto [factor, slope, cooling] = bath::thermal_factor(w, beta_);
    const double half = 0.5 * strength_;
    DerivativesAt<3> out{half * (c * slope - 2.0 * rc * c * (factor / cutoff_)),
                         {Complex(0.5 * c * factor), Complex(half * 2.0 * q * c * (factor / cutoff_)),
                          Complex(half * c * cooling)}};
    if (!lamb_shift) return out;
    // η = λω_c{−c/4 + rc L/2π}, ω∂L/∂ω = 1 + Re R(iu), ω_c∂L/∂ω_c = −1 − R(v), β∂L/∂β = Re R(iu) − R(v)
    // with u = βω/2π, v = βω_c/2π and R of trigamma.
    const double u = beta_ * std::abs(w) / (2.0 * bath::pi), v = beta_ * cutoff_ / (2.0 * bath::pi);
    const bool cold = !std::isfinite(u) || !std::isfinite(v);
    double bracket = 0.0, warm = 0.0, turned = 0.0;
    if (!cold) {
        bracket = bath::digamma({1.0, u}).real() - at_cutoff_;
        turned = u > 0.0 ? bath::trigamma({0.0, u}).remainder.real() : -1.0;
        warm = bath::trigamma(v).remainder.real();
    } else if (size > 0.0) {
        bracket = std::log(std::abs(w)) - std::log(cutoff_);
    }
    const double turn = 1.0 / (2.0 * bath::pi);
    double eta_slope = 0.5 * rc * c + turn * c * ((1.0 - 2.0 * q) * bracket + 1.0 + turned);
    if (cold && size == 0.0) eta_slope = -std::numeric_limits<double>::infinity();
    const double widening = -0.25 * c * (1.0 + 2.0 * q) + turn * rc * (2.0 * q * bracket - 1.0 - warm);
    out.frequency.imag(strength_ > 0.0 ? strength_ * eta_slope : 0.0);
    out.numbers[0].imag(cutoff_ * (turn * rc * bracket - 0.25 * c));
    out.numbers[1].imag(strength_ * widening);
    out.numbers[2].imag(cold ? 0.0 : strength_ * cutoff_ * (turn * rc * (turned - warm)) / beta_);
    return out;
}

Complex DrudeBath::correlation(double t) const {
    const double scale = strength_ * cutoff_ * cutoff_ / (4.0 * bath::pi);
    const double z = cutoff_ * std::abs(t), a = beta_ * cutoff_ / (2.0 * bath::pi);
    if (z == 0.0) return {scale > 0.0 ? std::numeric_limits<double>::infinity() : 0.0, 0.0};
    double real = 0.0;
    if (a < bath::cold) {
        real = bath::matsubara_sum(a, 2.0 * bath::pi * std::abs(t) / beta_);
    } else {
        real = bath::exponential_integrals_apart(z);
    }
    return scale * Complex(real, std::copysign(bath::pi * std::exp(-z), -t));
}

std::vector<Feature> DrudeBath::features() const {
    return {{0.0, std::min(cutoff_, bath::thermal_width(beta_))}};
}

}  // namespace redfield
