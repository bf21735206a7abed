#include <array>
#include <cmath>
#include <limits>

#include "bath/euler_maclaurin.hpp"
#include "bath/exponential_integrals.hpp"
#include "bath/logarithmic_integrals.hpp"
#include "bath/pi.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/bath/closed_forms.hpp"

namespace redfield {

namespace {

using bath::bernoulli;
using bath::euler_gamma;
using bath::terms;

/// G = q(z) + q(−z) − ℓ(P − Q) and N = q(z) − q(−z) − ℓ(P + Q), of P = e^{−z}Ei(z) and Q = e^{z}E₁(z);
/// where ℓ = ln z + const, N' = −G and G' = −N − 2(γ + ℓ)/z.
struct Parts {
    double even, odd;
};

Parts parts(double z, double logarithm) {
    const bath::ExponentialPair pair = bath::exponential_pair(z);
    const auto [rising, falling] = bath::logarithmic_integrals(z);
    return {rising + falling - logarithm * pair.difference, rising - falling - logarithm * pair.sum};
}

/// Σ_m B_2m/(2m)! h^{2m−1} G^{(2m−1)} at z from S_n = zⁿG^{(n)}: S_1 = −zN − 2(γ + ℓ) and
/// S_{n+2} = z²S_n − 2(n + 1)!(γ + ℓ − H_{n+1}) of odd n; where z is large
/// S_n = −2 Σ_{odd m} (n + m)! [ψ(n + m + 1) − ℓ]/z^{m+1}.
double end_corrections(double z, double ratio, double logarithm, const Parts& at) {
    constexpr double far = 40.0;
    double total = 0.0, power = ratio, s = -z * at.odd - 2.0 * (euler_gamma + logarithm);
    double factorial = 1.0, harmonic = 0.0;  // n! and H_n
    for (std::size_t m = 0; m < bernoulli.size(); ++m, power *= ratio * ratio) {
        const double n = 2.0 * static_cast<double>(m) + 1.0;
        if (m > 0) {
            factorial *= n - 1.0;
            harmonic += 1.0 / (n - 1.0);
            s = z * z * s - 2.0 * factorial * (euler_gamma + logarithm - harmonic);
        }
        factorial *= n;
        harmonic += 1.0 / n;
        double value = s;
        if (z > far) {
            const double square = 1.0 / (z * z);
            double order = n + 1.0, term = factorial * order * square;
            double psi = harmonic - euler_gamma + 1.0 / order;
            value = 0.0;
            for (int j = 0; j < 12; ++j, order += 2.0) {
                value -= 2.0 * term * (psi - logarithm);
                term *= (order + 1.0) * (order + 2.0) * square;
                psi += 1.0 / (order + 1.0) + 1.0 / (order + 2.0);
            }
        }
        total += bernoulli[m] * power * value;
    }
    return total;
}

/// w Σ_{k≥1} G(a_kw) with ℓ = ln(a_k/a_0), a_k = a_0 + kβ, for w > 0.
double thermal_logarithms(double w, double a0, double beta) {
    double total = 0.0;
    const auto logarithm = [&](double k) { return std::log1p(k * beta / a0); };
    for (int k = 1; k < terms; ++k) total += parts((a0 + k * beta) * w, logarithm(k)).even;
    const double last = a0 + terms * beta, z = last * w;
    const Parts at = parts(z, logarithm(terms));
    total += 0.5 * at.even - end_corrections(z, beta / last, logarithm(terms), at);
    return w * total + at.odd / beta;
}

/// h(z) = γ + zq(z) = P∫₀^∞ u ln u e^{−u}/(z − u) du.
double ground_logarithms(double z) {
    const double size = std::abs(z);
    if (size >= bath::asymptotic_from) {
        double term = 1.0, psi = -euler_gamma, total = 0.0;
        for (double n = 1.0; n <= 24.0; n += 1.0) {
            term *= n / z;
            psi += 1.0 / n;
            total += term * psi;
            if (std::abs(term) < 1e-20 * std::abs(total)) break;
        }
        return total;
    }
    const auto [rising, falling] = bath::logarithmic_integrals(size);
    return euler_gamma + z * (z > 0.0 ? rising : falling);
}

}  // namespace

Complex OhmicBath::exponent_derivative(double w, bool lamb_shift) const {
    const double size = std::abs(w), a0 = inverse_cutoff_, gamma = power_spectrum(w);
    require(a0 > 0.0, "OhmicBath: without a cutoff there is no other exponent");
    Complex out = 0.0;
    if (gamma > 0.0)
        out = size > 0.0 ? 0.5 * gamma * (std::log(size) + std::log(a0))
                         : -std::numeric_limits<double>::infinity();
    if (!lamb_shift) return out;
    const double scale = strength_ / (2.0 * bath::pi);
    if (a0 * size < 1e-300) {
        out.imag(scale * euler_gamma / a0);
        return out;
    }
    const double warm =
        std::isinf(beta_) ? 0.0 : (w > 0.0 ? 1.0 : -1.0) * thermal_logarithms(size, a0, beta_);
    out.imag(scale * (ground_logarithms(a0 * w) / a0 + warm));
    return out;
}

}  // namespace redfield
