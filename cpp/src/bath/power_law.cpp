#include "bath/power_law.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "bath/gauss.hpp"
#include "bath/legendre.hpp"
#include "bath/pi.hpp"
#include "bath/sampled.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::bath {

namespace {

/// Terms of the expansion of a power law's transform, of a ratio of at most ½.
constexpr int law_terms = 60;
/// |y| up to which, and from whose inverse on, the transform is expanded in powers of y, and of 1/y.
constexpr double law_near = 0.5;
/// By how much the power of an outer law may be wrong.
constexpr double exponent_error = 1e-15;
/// Terms of the Legendre series of u^p on [¼, ½] and [½, 1].
constexpr Index law_order = 24;

/// Σ_m y^m/(power + m).
double horner(double y, double power) {
    double total = 0.0;
    for (int m = law_terms - 1; m >= 0; --m) total = total * y + 1.0 / (power + m);
    return total;
}

/// π cot(πδ) − 1/δ for y > 0, π/sin(πδ) − 1/δ for y ≤ 0, −1 < δ ≤ ½.
double without_pole(double delta, bool positive) {
    const double x = pi * delta, square = x * x;
    if (std::abs(x) > 0.05) {
        // cot of a half is no rounding.
        const double numerator = positive ? std::sin(pi * (0.5 - std::abs(delta))) : 1.0;
        return pi * numerator / std::sin(x) - 1.0 / delta;
    }
    if (positive) return -pi * x * (1.0 / 3 + square * (1.0 / 45 + square * (2.0 / 945 + square / 4725)));
    return pi * x * (1.0 / 6 + square * (7.0 / 360 + square * (31.0 / 15120 + square * 127 / 604800)));
}

/// I(y) of |y| ≤ ½: the pole of cot and 1/sin at an integer p cancels that of the series in closed form.
double near_transform(double y, double p) {
    const int n = std::max(0, static_cast<int>(std::nearbyint(p)));
    const double delta = p - n;
    double total = 0.0;
    for (int m = law_terms + n; m >= 0; --m) total = total * y + (m == n ? 0.0 : 1.0 / (m - p));
    if (y == 0.0 && n > 0) return total;
    const double logarithm = std::log(std::abs(y)), beside = without_pole(delta, y > 0.0);
    double pole = 0.0;
    if (delta == 0.0) {
        pole = beside + logarithm;
    } else {
        const double grown = std::exp(delta * logarithm);
        pole = std::abs(delta * logarithm) > 1.0 ? (beside + 1.0 / delta) * grown - 1.0 / delta
                                                 : beside * grown + std::expm1(delta * logarithm) / delta;
    }
    return total + std::pow(y, n) * pole;
}

/// ∫ u^p/(y − u) du over [¼, ½] and [½, 1], 2 Σ a_n Q_n each.
double middle_transform(double y, double p) {
    static const GaussRule gauss(law_order);
    double total = 0.0;
    for (const double left : {0.25, 0.5}) {
        const double right = 2.0 * left, half = 0.5 * (right - left), centre = left + half;
        RealVector power(law_order);
        for (Index k = 0; k < law_order; ++k) power[k] = std::pow(centre + half * gauss.x[k], p);
        const RealVector series = gauss.series(power);
        const double from_left = std::max(std::abs(y - left), 1e-290);
        const double from_right = std::max(std::abs(y - right), 1e-290);
        std::array<double, law_order> q{};
        second_kind((y - centre) / half, 0.5 * (std::log(from_left) - std::log(from_right)), q.data(),
                    law_order);
        for (Index n = 0; n < law_order; ++n) total += 2.0 * series[n] * q[static_cast<std::size_t>(n)];
    }
    return total;
}

/// I(y) = P∫₀¹ u^p/(y − u) du, p > −1: infinite at 0 where p ≤ 0, and at 1. By powers of 1/y from |y| = 2
/// on; up to ½ by π cot(πp) y^p, or π|y|^p/sin(πp) of negative y, and Σ_m y^m/(m − p); between, [0, ¼] as
/// from far, and the rest by Legendre series.
double inner_transform(double y, double p) {
    if (std::abs(y) >= 1.0 / law_near) return horner(1.0 / y, p + 1.0) / y;
    if (std::abs(y) <= law_near) return near_transform(y, p);
    const double inverse = 0.25 / y;
    return std::pow(0.25, p) * inverse * horner(inverse, p + 1.0) + middle_transform(y, p);
}

/// ∫₀¹ u^p e^{−zu} du of imaginary z, p > −1: by powers of z, or as Γ(p + 1)/z^{p+1} less the continued
/// fraction of the rest (Abramowitz & Stegun 5.1.22).
Complex incomplete_gamma(Complex z, double p) {
    if (std::abs(z) <= 10.0) {
        Complex term = 1.0, total = 0.0;
        for (int n = 0; n < law_terms; ++n) {
            total += term / (p + 1.0 + n);
            term *= -z / (n + 1.0);
        }
        return total;
    }
    Complex fraction = 0.0;
    for (int n = law_terms; n > 0; --n) fraction = n * (n - 1.0 - p) / (z - p + 2.0 * n - fraction);
    return std::tgamma(p + 1.0) * std::pow(z, -p - 1.0) - std::exp(-z) / (z - p - fraction);
}

}  // namespace

double PowerLaw::operator()(double x) const {
    const double u = side * (x - start) / reach;
    if (inner) return u > 0.0 && u <= 1.0 ? value * std::pow(u, power) : 0.0;
    return u >= 1.0 ? value * std::pow(u, -power) : 0.0;
}

double PowerLaw::hilbert(double w) const {
    const double y = side * (w - start) / reach;
    if (inner) return side * value * inner_transform(y, power);
    require(std::abs(y) <= law_near, "a frequency of ", brief(w), " is beyond the expanded range");
    return side * value * (level() ? std::log(reach) + std::log1p(-y) : -horner(y, power));
}

double PowerLaw::hilbert_error(double w) const {
    if (level()) return error * value;
    if (!inner) return value * (error * std::max(1.0, 1.0 / power) + exponent_error / (power * power));
    const double y = std::abs(w - start) / reach;
    const double beside = y < 1.0 ? std::pow(y, std::min(power, 0.0)) : 1.0 / y;
    return 10.0 * error * value / std::min(1.0, 1.0 + power) * beside;
}

Complex PowerLaw::fourier(double t) const {
    return value * reach * std::polar(1.0, -start * t) *
           incomplete_gamma(Complex(0.0, side * reach * t), power);
}

}  // namespace redfield::bath
