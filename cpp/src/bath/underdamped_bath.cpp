#include "redfield/bath/underdamped_bath.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "bath/digamma.hpp"
#include "bath/pi.hpp"
#include "bath/sampled.hpp"
#include "bath/thermal.hpp"
#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

/// Distance, in Matsubara spacings, within which a pole of J meets one of coth and their sum is averaged.
constexpr double near_pole = 1e-4;
/// Distance of Ω from Γ/2, in Ω, within which the poles of J nearly coincide.
constexpr double coincident = 1e-4;
/// In units of the largest energy of the bath: beyond, η is its first term in 1/ω.
constexpr double far_out = 1e100;

struct Residue {
    Complex pole, residue;
};

std::array<Residue, 2> residues(double strength, double frequency, double damping) {
    const double half = 0.5 * damping;
    if (half > frequency) {
        // −ia and −ib with ab = Ω², of which the slow one is not left to a difference; r = ±λΩ²/2(a − b).
        const double fast = half + std::sqrt((half - frequency) * (half + frequency));
        const double slow = frequency * (frequency / fast);
        const double weight = 0.5 * strength * frequency * (frequency / (fast - slow));
        return {Residue{{0.0, -slow}, weight}, Residue{{0.0, -fast}, -weight}};
    }
    // In units of Ω: p = ±root − i width.
    const double width = half / frequency, root = std::sqrt((1.0 - width) * (1.0 + width));
    const auto of = [&](double sign) {
        const Complex p(sign * root, -width);
        return Residue{frequency * p, strength * damping / (8.0 * width * width - 4.0 * (1.0 - p * p))};
    };
    return {of(1.0), of(-1.0)};
}

NumericBath by_quadrature(double strength, double frequency, double damping, double beta) {
    for (const auto& [name, value] : {std::pair{"frequency", frequency}, std::pair{"damping", damping}})
        require(std::isfinite(value) && value > 0.0, "UnderdampedBath: ", name,
                " must be finite and positive, got ", value);
    require(std::isfinite(strength) && strength >= 0.0,
            "UnderdampedBath: strength must be finite and not negative, got ", strength);
    require(beta > 0.0, "UnderdampedBath: beta must be positive, got ", beta);
    const auto density = [=](const double* w, double* j, Index count) {
        for (Index k = 0; k < count; ++k) {
            // λ gx/h², h² = (1 − x²)² + (gx)², in units of Ω, without overflow.
            const double x = w[k] / frequency, damped = damping / frequency * x;
            const double size = std::hypot((1.0 - x) * (1.0 + x), damped);
            j[k] = std::isfinite(size) ? strength * (damped / size / size) : 0.0;
        }
    };
    const double at_zero = std::isinf(beta) ? 0.0 : strength * (damping / frequency) / frequency / beta;
    const double cutoff = std::min(frequency, frequency * (frequency / damping));
    const double narrow = std::min(damping, frequency);
    return NumericBath::thermal(
        {density, beta, at_zero, cutoff},
        {{-frequency, narrow}, {0.0, std::min(cutoff, bath::thermal_width(beta))}, {frequency, narrow}});
}

}  // namespace

UnderdampedBath::UnderdampedBath(double strength, double frequency, double damping, double beta)
    : strength_(strength),
      frequency_(frequency),
      damping_(damping),
      beta_(beta),
      far_(std::min(1e300, far_out * std::max({frequency, damping, 1.0 / beta}))),
      numeric_(by_quadrature(strength, frequency, damping, beta)) {
    if (std::isinf(beta) || std::abs(frequency - 0.5 * damping) <= coincident * frequency) return;
    const double spacing = 2.0 * bath::pi / beta, unit = 1.0 / spacing;
    std::vector<Complex> nudges{1.0};
    for (const auto& [p, r] : residues(strength, frequency, damping)) {
        const double order = -p.imag() / spacing;
        // A pole −iν_n of coth cancels one of J: the mean over a circle around it is right to fourth
        // order.
        if (p.real() != 0.0 && std::abs(p.real()) < near_pole * spacing &&
            std::abs(order - std::nearbyint(order)) < near_pole)
            nudges = {1.0 + 3.0 * near_pole, Complex(1.0, 3.0 * near_pole), 1.0 - 3.0 * near_pole,
                      Complex(1.0, -3.0 * near_pole)};
        error_ += std::abs(r / p.imag()) * (1.0 + 2.0 / (beta * std::abs(p)));
    }
    copies_ = static_cast<double>(nudges.size());
    error_ *= nudges.size() == 1 ? 1e-13 : 1e-11;  // rounding of terms that are a few times as large
    for (const Complex nudge : nudges)
        for (const auto& [pole, residue] : residues(strength, frequency, damping)) {
            const Complex p = pole * nudge, a = Complex(0.0, unit) * p, psi = bath::digamma(1.0 + a);
            // ψ(1 − a) = ψ(1 + a) − 1/a + π cot(πa), and πa = iβp/2; where p is imaginary the cotangent,
            // its poles included, cancels coth.
            const Complex coth = pole.real() == 0.0 ? 0.0 : 1.0 / std::tanh(0.5 * beta * p);
            const Complex mirrored = psi - 1.0 / a - Complex(0.0, bath::pi) * coth;
            poles_.push_back(
                {p, 0.5 * residue * (1.0 + coth), a, psi, mirrored, residue / beta * (unit * unit)});
        }
}

void UnderdampedBath::lamb_shift(const double* w, double* eta, Index count) const {
    if (!closed_form()) return numeric_.lamb_shift(w, eta, count);
    const auto shift = [&](Index k) {
        // So far out that η ∝ 1/ω, and that βω might be no number.
        const double near = std::clamp(w[k], -far_, far_);
        const Complex b(0.0, -near * (beta_ / (2.0 * bath::pi))), psi_b = bath::digamma(1.0 + b);
        Complex total = 0.0;
        for (const Pole& pole : poles_)
            total += pole.resonance / (near - pole.place) +
                     pole.scale *
                         ((pole.mirrored - psi_b) / (-pole.a - b) + (pole.psi - psi_b) / (pole.a - b));
        eta[k] = total.imag() / copies_ * (far_ / std::max(std::abs(w[k]), far_));
    };
    bath::for_each_index(count, shift, bath::many_formulas);
}

double UnderdampedBath::lamb_shift(double w) const {
    double eta = 0.0;
    lamb_shift(&w, &eta, 1);
    return eta;
}

double UnderdampedBath::lamb_shift_error() const {
    return closed_form() ? error_ : numeric_.lamb_shift_error();
}

void UnderdampedBath::power_spectrum(const double* w, double* gamma, Index count) const {
    numeric_.power_spectrum(w, gamma, count);
}

double UnderdampedBath::power_spectrum(double w) const { return numeric_.power_spectrum(w); }

void UnderdampedBath::correlation(const double* t, Complex* c, Index count) const {
    numeric_.correlation(t, c, count);
}

Complex UnderdampedBath::correlation(double t) const { return numeric_.correlation(t); }

}  // namespace redfield
