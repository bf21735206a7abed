#include <algorithm>
#include <cmath>
#include <string>

#include "bath/euler_maclaurin.hpp"
#include "bath/exponential_integrals.hpp"
#include "bath/pi.hpp"
#include "bath/thermal.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/bath/closed_forms.hpp"

namespace redfield {

namespace {

using bath::bernoulli;
using bath::terms;

/// Σ_{k≥1} (P − Q)((a_0 + kβ)w) for w > 0, P = e^{−z}Ei(z), Q = e^{z}E₁(z).
///
/// P − Q has the antiderivative −(P + Q); its odd derivatives D_n give S_n = zⁿD_n with S₁ = 2 − z(P + Q)
/// and S_{n+2} = z²S_n + 2(n+1)!. Where z is large these cancel, and the asymptotic
/// S_n = −2 Σ_j (n+1+2j)!/z^{2+2j} takes their place.
double thermal_sum(double w, double a0, double beta) {
    double total = 0.0;
    for (int k = 1; k < terms; ++k) {
        const auto [up, down] = bath::exponential_integrals((a0 + k * beta) * w);
        total += up - down;
    }
    const double last = a0 + terms * beta, z = last * w;
    const auto [up, down] = bath::exponential_integrals(z);
    total += (up + down) / (beta * w) + 0.5 * (up - down);
    const double ratio = beta / last;
    const bool far = z > 25.0;
    double scaled = 2.0 - z * (up + down), power = ratio, factorial = 1.0;  // (n − 1)! of odd n
    for (std::size_t m = 0; m < bernoulli.size(); ++m) {
        const double n = 2.0 * static_cast<double>(m) + 1.0;
        if (m > 0) {
            factorial *= (n - 2.0) * (n - 1.0);
            scaled = z * z * scaled + 2.0 * factorial;
        }
        double s = scaled;
        if (far) {
            const double square = 1.0 / (z * z);
            double term = factorial * n * (n + 1.0) * square;
            s = 0.0;
            for (int j = 0; j < 8; ++j) {
                s -= 2.0 * term;
                term *= (n + 2.0 + 2.0 * j) * (n + 3.0 + 2.0 * j) * square;
            }
        }
        total -= bernoulli[m] * power * s;
        power *= ratio * ratio;
    }
    return total;
}

}  // namespace

OhmicBath::OhmicBath(double strength, double cutoff, double beta)
    : strength_(strength), inverse_cutoff_(1.0 / cutoff), beta_(beta) {
    require(std::isfinite(strength) && strength >= 0.0,
            "OhmicBath: strength must be finite and not negative, got ", strength);
    require(cutoff > 0.0 && std::isfinite(inverse_cutoff_),
            "OhmicBath: cutoff must be positive and at least 1e-308, got ", cutoff);
    require(beta > 0.0, "OhmicBath: beta must be positive, got ", beta);
}

double OhmicBath::power_spectrum(double w) const {
    const double size = std::abs(w);
    if (std::isinf(beta_)) return w > 0.0 ? strength_ * size * std::exp(-size * inverse_cutoff_) : 0.0;
    const double x = beta_ * size;
    if (x < 1e-300) return strength_ / beta_;
    const double up = strength_ * size * std::exp(-size * inverse_cutoff_) / -std::expm1(-x);
    return w > 0.0 ? up : up * std::exp(-x);
}

double OhmicBath::lamb_shift(double w) const {
    double shift = 0.0;
    lamb_shift(&w, &shift, 1);
    return shift;
}

void OhmicBath::lamb_shift(const double* w, double* out, Index count) const {
    require(inverse_cutoff_ > 0.0, "OhmicBath: the Lamb shift diverges without a cutoff");
    const double scale = strength_ / (2.0 * bath::pi);
    double before = -1.0, thermal = 0.0;
    bath::ExponentialIntegrals both{0.0, 0.0};
    for (Index i = 0; i < count; ++i) {
        const double size = std::abs(w[i]), z = inverse_cutoff_ * size;
        if (z == 0.0) {
            out[i] = -scale / inverse_cutoff_;
            continue;
        }
        if (size != before) {
            both = bath::exponential_integrals(z);
            thermal = std::isfinite(beta_) ? size * thermal_sum(size, inverse_cutoff_, beta_) : 0.0;
            before = size;
        }
        // g(z) = 1 + 1/z + …, whose z may be beyond numbers.
        const double g = z > 1e150 ? std::copysign(1.0 / z, w[i])
                                   : z * (w[i] > 0.0 ? both.rising : both.falling) - 1.0;
        out[i] = scale * (g / inverse_cutoff_ + std::copysign(thermal, w[i]));
    }
}

Complex OhmicBath::correlation(double t) const {
    require(inverse_cutoff_ > 0.0, "OhmicBath: the correlation function diverges without a cutoff");
    const Complex a(inverse_cutoff_, t);
    Complex total = 1.0 / (a * a);
    if (std::isfinite(beta_)) {
        const Complex last = a + terms * beta_, ratio = beta_ / last;
        Complex thermal = 1.0 / (beta_ * last) + 0.5 / (last * last);
        for (int k = 1; k < terms; ++k) thermal += 1.0 / ((a + k * beta_) * (a + k * beta_));
        // −f^{(2m−1)}/(2m)! of f = 1/x² is 1/x^{2m+1}.
        Complex power = ratio / (last * last);
        double factorial = 1.0;
        for (std::size_t m = 0; m < bernoulli.size(); ++m) {
            const double n = 2.0 * static_cast<double>(m) + 2.0;
            factorial *= (n - 1.0) * n;
            thermal += factorial * bernoulli[m] * power;
            power *= ratio * ratio;
        }
        total += 2.0 * thermal.real();
    }
    return strength_ / (2.0 * bath::pi) * total;
}

std::vector<Feature> OhmicBath::features() const {
    const double thermal = bath::thermal_width(beta_);
    const double width = inverse_cutoff_ > 0.0 ? std::min(thermal, 1.0 / inverse_cutoff_) : thermal;
    return {{0.0, std::isfinite(width) ? width : 1.0}};
}

}  // namespace redfield
