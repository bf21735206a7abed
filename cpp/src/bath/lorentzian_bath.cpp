#include <cmath>

#include "redfield/base/errors.hpp"
#include "redfield/bath/closed_forms.hpp"

namespace redfield {

LorentzianBath::LorentzianBath(double strength, double width, double centre)
    : strength_(strength), width_(width), centre_(centre) {
    require(std::isfinite(strength) && strength >= 0.0,
            "LorentzianBath: strength must be finite and not negative, got ", strength);
    require(std::isfinite(width) && width > 0.0,
            "LorentzianBath: width must be finite and positive, got ", width);
    require(std::isfinite(centre), "LorentzianBath: centre must be finite, got ", centre);
}

double LorentzianBath::power_spectrum(double w) const {
    const double x = (w - centre_) / width_;
    return strength_ / (x * x + 1.0);
}

double LorentzianBath::lamb_shift(double w) const {
    const double x = (w - centre_) / width_;
    return std::abs(x) > 1e150 ? 0.5 * strength_ / x : 0.5 * strength_ * x / (x * x + 1.0);
}

Complex LorentzianBath::correlation(double t) const {
    return 0.5 * strength_ * width_ * std::exp(Complex(-width_ * std::abs(t), -centre_ * t));
}

DerivativesAt<3> LorentzianBath::derivatives(double w, bool lamb_shift) const {
    // Γ = ½λy, y = 1/(1 − ix).
    const double x = (w - centre_) / width_, c = 1.0 / (x * x + 1.0);
    const Complex y(c, std::abs(x) > 1e150 ? 1.0 / x : c * x), half = 0.5 * y;
    const Complex slope = strength_ * Complex(-half.imag(), half.real()) * y / width_;
    const Complex widening = strength_ * Complex(x * half.imag(), -x * half.real()) * y / width_;
    const auto part = [&](Complex value) { return lamb_shift ? value : Complex(value.real()); };
    return {part(slope), {part(half), part(widening), part(-slope)}};
}

double LorentzianBath::time_scale() const { return 1.0 / (std::abs(centre_) + width_); }

std::vector<Feature> LorentzianBath::features() const { return {{centre_, width_}}; }

}  // namespace redfield
