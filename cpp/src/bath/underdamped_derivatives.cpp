#include <algorithm>
#include <cmath>
#include <limits>

#include "bath/digamma.hpp"
#include "bath/pi.hpp"
#include "bath/thermal.hpp"
#include "redfield/bath/underdamped_bath.hpp"

namespace redfield {

namespace {

constexpr Complex imaginary(0.0, 1.0);
/// Distance of Γ from 2Ω, in Ω, within which the poles of J nearly coincide; the derivatives, analytic in
/// Γ, are then means over a circle of Γ around it, of this radius and so many points.
constexpr double coinciding = 0.1, radius = 0.25;
constexpr int points = 16;

/// Φ = Γ(ω)/λ and ∂Φ/∂x, g∂Φ/∂g, B∂Φ/∂B in units of Ω: x = ω/Ω, g = Γ/Ω, B = βΩ.
struct Shape {
    Complex value, frequency, damping, beta;
};

/// Φ = Σ_s (i/4s){[½ + 1/Bp]/(x − p) + (ix/π)[ψ(1 + a) − ψ(1 + b)]/(p² − x²)} over s = ±√(1 − g²/4), with
/// poles p = s − ig/2, a = iBp/2π and b = −iBx/2π: once ψ(1 − a) is reflected into ψ(1 + a) no coth is
/// left. At B = ∞ the ψ are logarithms, whose infinite ones at x = 0 are left out.
Shape shape(double x, Complex g, double b_of) {
    const bool cold = std::isinf(b_of);
    const Complex root = std::sqrt(1.0 - 0.25 * g * g);
    const Complex sum = -0.5 * imaginary * g;
    // Of the two poles, whose product is −1, the small one is not left to a difference.
    const bool plus = std::abs(sum + root) >= std::abs(sum - root);
    const Complex large = plus ? sum + root : sum - root, small = -1.0 / large;
    const double turn = b_of / (2.0 * bath::pi);
    const Complex b(0.0, -turn * x);
    const bool frozen = cold || !std::isfinite(turn * x);
    const bath::Trigamma at_b =
        frozen || x == 0.0 ? bath::Trigamma{x == 0.0 ? 0.0 : 1.0, 0.0} : bath::trigamma(b);
    // xR(b), in which 1/2b = iπ/Bx is finite.
    const Complex rest_b = frozen              ? Complex(0.0)
                           : std::abs(b) < 1.0 ? x * (at_b.value - 1.0) + imaginary * bath::pi / b_of
                                               : x * at_b.remainder;
    Shape out{0.0, 0.0, 0.0, 0.0};
    for (const bool first : {true, false}) {
        const Complex p = first ? large : small, s = first == plus ? root : -root;
        const Complex a = imaginary * turn * p, apart = p * p - x * x;
        const Complex half = 0.5 + (cold ? Complex(0.0) : 1.0 / (b_of * p)), near = 1.0 / (x - p);
        const bath::Trigamma at_a = cold ? bath::Trigamma{1.0, 0.0} : bath::trigamma(a);
        Complex psi = 0.0;
        if (frozen)
            psi = x == 0.0 ? Complex(0.0) : std::log(imaginary * p) - std::log(Complex(0.0, -x));
        else
            psi = bath::digamma(1.0 + a) - bath::digamma(1.0 + b);
        const Complex rise = imaginary / bath::pi / apart, factor = x * rise,
                      weight = 0.25 * imaginary / s;
        const Complex f = half * near + factor * psi;
        const Complex f_x = -half * near * near + rise * (psi - at_b.value + 2.0 * x * (x * psi / apart));
        const Complex p_f_p = (half * p * near - (cold ? Complex(0.0) : 1.0 / (b_of * p))) * near +
                              factor * (at_a.value - 2.0 * p * p * psi / apart);
        const Complex f_b = rise * (x * at_a.remainder - rest_b);
        out.value += weight * f;
        out.frequency += weight * f_x;
        // dp/dg = −ip/2s, d(1/s)/dg = g/4s³.
        out.damping += weight * g * (g / (4.0 * s * s) * f - 0.5 * imaginary / s * p_f_p);
        out.beta += weight * f_b;
    }
    return out;
}

Shape mean_shape(double x, double g, double b_of) {
    if (std::abs(g - 2.0) > coinciding) return shape(x, g, b_of);
    Shape mean{0.0, 0.0, 0.0, 0.0};
    for (int k = 0; k < points; ++k) {
        const Complex turned = std::polar(radius, 2.0 * bath::pi * (k + 0.5) / points);
        const Shape at = shape(x, g + turned, b_of);
        mean.value += at.value / static_cast<double>(points);
        mean.frequency += at.frequency / static_cast<double>(points);
        mean.damping += g * at.damping / (g + turned) / static_cast<double>(points);
        mean.beta += at.beta / static_cast<double>(points);
    }
    return mean;
}

}  // namespace

DerivativesAt<4> UnderdampedBath::derivatives(double w, bool lamb_shift) const {
    // J/ω = λg/Ωh², h² = (1 − x²)² + (gx)².
    const double x = w / frequency_, g = damping_ / frequency_, gap = (1.0 - x) * (1.0 + x);
    const double size = std::hypot(gap, g * x), h2 = size * size;
    const auto [factor, slope, cooling] = bath::thermal_factor(w, beta_);
    const bool seen = std::isfinite(h2);
    const double damped = seen ? g * x / size : 0.0, across = seen ? gap / size : 0.0;
    const double density = seen ? g / size / size / frequency_ : 0.0, theta = density * factor;
    // ∂h²/∂x = −4x(1 − x²) + 2g²x.
    const double turn = seen ? (2.0 * g * damped - 4.0 * x * across) / size / frequency_ : 0.0;
    const double half = 0.5 * strength_;
    DerivativesAt<4> out{half * (density * slope - theta * turn),
                         {Complex(0.5 * theta),
                          Complex(half * theta / frequency_ * (2.0 - 4.0 * across / (seen ? size : 1.0))),
                          Complex(half * theta / damping_ * (1.0 - 2.0 * damped * damped)),
                          Complex(half * density * cooling)}};
    if (!lamb_shift) return out;
    const double near = std::min(std::max(w, -far_), far_), fall = far_ / std::max(std::abs(w), far_);
    const Shape at = mean_shape(near / frequency_, g, beta_ * frequency_);
    const auto imag = [&](Complex value) { return fall * value.imag(); };
    // Γ/λ is a function of ω/Ω, Γ/Ω and βΩ.
    const double own = imag(at.beta) - near / frequency_ * imag(at.frequency) - imag(at.damping);
    double eta_slope = fall * imag(at.frequency) / frequency_;
    if (w == 0.0 && std::isinf(beta_)) eta_slope = -std::numeric_limits<double>::infinity();
    out.frequency.imag(strength_ > 0.0 ? strength_ * eta_slope : 0.0);
    out.numbers[0].imag(imag(at.value));
    out.numbers[1].imag(strength_ * own / frequency_);
    out.numbers[2].imag(strength_ * imag(at.damping) / damping_);
    out.numbers[3].imag(std::isinf(beta_) ? 0.0 : strength_ * imag(at.beta) / beta_);
    return out;
}

}  // namespace redfield
