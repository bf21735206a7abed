#include <array>
#include <cmath>
#include <limits>

#include "bath/euler_maclaurin.hpp"
#include "bath/exponential_integrals.hpp"
#include "bath/pi.hpp"
#include "bath/thermal.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/bath/closed_forms.hpp"

namespace redfield {

namespace {

using bath::bernoulli;
using bath::ExponentialPair;
using bath::terms;

using ScaledDerivatives = std::array<double, 2 * bernoulli.size() + 1>;

/// S_n = zⁿD_n of the derivatives D_n of P − Q: S_0 = P − Q, S_1 = 2 − z(P + Q), S_{n+2} = z²S_n ∓ 2(n +
/// 1)!, upper sign even n; where z is large S_n = (−1)ⁿ 2 Σ_j (n + 1 + 2j)!/z^{2+2j}.
ScaledDerivatives scaled_derivatives(const ExponentialPair& pair, double z) {
    constexpr double far = 40.0;
    ScaledDerivatives s{};
    double sign = 1.0, factorial = 1.0;
    if (z > far) {
        const double square = 1.0 / (z * z);
        for (std::size_t n = 0; n < s.size(); ++n, sign = -sign) {
            const auto order = static_cast<double>(n);
            factorial *= order + 1.0;
            double term = 2.0 * factorial * square;
            for (double j = 0.0; j < 12.0; j += 1.0) {
                s[n] += sign * term;
                term *= (order + 2.0 + 2.0 * j) * (order + 3.0 + 2.0 * j) * square;
            }
        }
        return s;
    }
    s[0] = pair.difference;
    s[1] = 2.0 - z * pair.sum;
    for (std::size_t n = 0; n + 2 < s.size(); ++n, sign = -sign) {
        factorial *= static_cast<double>(n + 1);
        s[n + 2] = z * z * s[n] - sign * 2.0 * factorial;
    }
    return s;
}

/// S = Σ_{k≥1} (P − Q)((a_0 + kβ)w) for w > 0, ∂S/∂a_0 and ∂S/∂β.
struct ThermalSums {
    double value, start, step;
};

/// Of each the first terms, and Euler and Maclaurin's sum of the rest: with D = P − Q its integrals over
/// k are (P + Q)/βw, −D/β and −kD/β − (P + Q)/β²w.
ThermalSums thermal_sums(double w, double a0, double beta) {
    ThermalSums total{0.0, 0.0, 0.0};
    const auto add = [&](const ExponentialPair& pair, double k, double weight) {
        total.value += weight * pair.difference;
        total.start += weight * (w * pair.slope);
        total.step += weight * k * (w * pair.slope);
    };
    for (int k = 1; k < terms; ++k) add(bath::exponential_pair((a0 + k * beta) * w), k, 1.0);
    const double last = a0 + terms * beta, z = last * w, ratio = beta / last;
    const ExponentialPair pair = bath::exponential_pair(z);
    add(pair, terms, 0.5);
    const double sum = pair.sum / (beta * w);
    total.value += sum;
    total.start -= pair.difference / beta;
    total.step -= (terms * pair.difference + sum) / beta;
    const ScaledDerivatives s = scaled_derivatives(pair, z);
    double power = ratio;
    for (std::size_t m = 0; m < bernoulli.size(); ++m, power *= ratio * ratio) {
        const double odd = s[2 * m + 1], even = s[2 * m + 2] / last, b = bernoulli[m] * power;
        total.value -= b * odd;
        total.start -= b * even;
        total.step -= b * (terms * even + static_cast<double>(2 * m + 1) * odd / beta);
    }
    return total;
}

/// Of g(z) = z e^{−z}Ei(z) at z = ±|z|: g − 1, g' and zg' − (g − 1).
struct Ground {
    double rest, slope, scaled;
};

Ground ground(double z) {
    const double size = std::abs(z);
    if (size >= bath::asymptotic_from) {
        // g = Σ n!/zⁿ.
        Ground out{0.0, 0.0, 0.0};
        double term = 1.0;
        for (double n = 1.0; n <= 20.0; n += 1.0) {
            term *= n / z;
            out.rest += term;
            out.slope -= n * term / z;
            out.scaled -= (n + 1.0) * term;
            if (std::abs(term) < 1e-20 * std::abs(out.rest)) break;
        }
        return out;
    }
    const auto [rising, falling] = bath::exponential_integrals(size);
    const double integral = z > 0.0 ? rising : -falling;  // e^{−z}Ei(z)
    return {z * integral - 1.0, integral + 1.0 - z * integral, 1.0 + z - z * z * integral};
}

}  // namespace

DerivativesAt<3> OhmicBath::derivatives(double w, bool lamb_shift) const {
    const double size = std::abs(w), sign = w > 0.0 ? 1.0 : w < 0.0 ? -1.0 : 0.0, a0 = inverse_cutoff_;
    const double half = 0.5 * std::exp(-a0 * size);
    const auto [factor, slope, cooling] = bath::thermal_factor(w, beta_);
    DerivativesAt<3> out{strength_ * half * (slope - sign * a0 * factor),
                         {Complex(half * factor), Complex(strength_ * half * factor * (a0 * size) * a0),
                          Complex(strength_ * half * cooling)}};
    if (!lamb_shift) return out;
    require(a0 > 0.0, "OhmicBath: the Lamb shift diverges without a cutoff");
    const double turn = 1.0 / (2.0 * bath::pi), scale = strength_ * turn;
    if (a0 * size < 1e-300) {
        const double infinite = std::numeric_limits<double>::infinity();
        if (strength_ > 0.0) out.frequency.imag(std::isinf(beta_) ? -infinite : infinite);
        out.numbers[0].imag(-turn / a0);
        out.numbers[1].imag(-scale);
        return out;
    }
    const Ground cold = ground(a0 * w);
    const ThermalSums warm =
        std::isinf(beta_) ? ThermalSums{0.0, 0.0, 0.0} : thermal_sums(size, a0, beta_);
    const double steps = std::isinf(beta_) ? 0.0 : beta_ * warm.step;
    out.frequency.imag(scale * (cold.slope + warm.value + a0 * warm.start + steps));
    out.numbers[0].imag(turn * (cold.rest / a0 + w * warm.value));
    out.numbers[1].imag(-scale * (cold.scaled + a0 * a0 * w * warm.start));
    out.numbers[2].imag(scale * w * warm.step);
    return out;
}

}  // namespace redfield
