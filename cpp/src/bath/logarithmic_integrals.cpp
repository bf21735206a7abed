#include "bath/logarithmic_integrals.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "bath/exponential_integrals.hpp"
#include "bath/pi.hpp"

namespace redfield::bath {

namespace {

/// q(±z) = e^{∓z}[½ln²z + Σ(±z)ⁿ/n! (1/n² − γ/n) + C], C = −5π²/12 − ½γ² of q(z) and π²/12 − ½γ² of
/// q(−z).
LogarithmicIntegrals by_power_series(double z) {
    double even = 0.0, odd = 0.0, power = 1.0;
    for (int n = 1; n <= 30; ++n) {
        power *= z / n;
        (n % 2 == 0 ? even : odd) += power * (1.0 / n - euler_gamma) / n;
        if (power < 1e-19) break;
    }
    const double logarithm = std::log(z);
    const double common = 0.5 * (logarithm * logarithm - euler_gamma * euler_gamma) + even;
    const double square = pi * pi / 12.0;
    return {std::exp(-z) * (common + odd - 5.0 * square), std::exp(z) * (common - odd + square)};
}

/// Σ n!ψ(n + 1)/zⁿ⁺¹, of q(−z) with alternating signs.
LogarithmicIntegrals by_asymptotic_series(double z) {
    double term = 1.0 / z, psi = -euler_gamma, even = 0.0, odd = 0.0;
    for (int n = 0; n <= 24; ++n) {
        (n % 2 == 0 ? even : odd) += term * psi;
        term *= (n + 1.0) / z;
        psi += 1.0 / (n + 1.0);
        if (term < 1e-19 / z) break;
    }
    return {odd + even, odd - even};
}

constexpr std::size_t degree = 17, pieces = 24;  // as of exponential_integrals: four an octave of [1, 64)

double centre_of(std::size_t piece) {
    return std::ldexp(1.0 + 0.25 * (static_cast<double>(piece % 4) + 0.5), static_cast<int>(piece / 4));
}

/// Taylor coefficients in δ/centre of q(z) from q' = −q + (P − γ)/z and of q(−z) from q₋' = q₋ − (Q +
/// γ)/z, those of P = e^{−z}Ei from P' = 1/z − P and of Q = e^{z}E₁ from Q' = Q − 1/z.
template <std::size_t Count>
void expand(double centre, LogarithmicIntegrals at, std::array<double, Count>& rising,
            std::array<double, Count>& falling) {
    auto [p, q] = exponential_integrals(centre);
    rising[0] = at.rising;
    falling[0] = at.falling;
    double sign = 1.0, constant = euler_gamma, before_rising = 0.0, before_falling = 0.0;
    for (std::size_t n = 0; n + 1 < Count; ++n, sign = -sign, constant = 0.0) {
        const auto order = static_cast<double>(n), next = order + 1.0;
        rising[n + 1] = (p - constant - order * rising[n] - centre * (rising[n] + before_rising)) / next;
        falling[n + 1] =
            (centre * (falling[n] + before_falling) - order * falling[n] - q - constant) / next;
        before_rising = rising[n];
        before_falling = falling[n];
        p = (sign - centre * p) / next;
        q = (centre * q - sign) / next;
    }
}

template <std::size_t Count>
double polynomial(const std::array<double, Count>& c, double x) {
    double sum = c[Count - 1];
    for (std::size_t n = Count - 1; n-- > 0;) sum = sum * x + c[n];
    return sum;
}

struct Piece {
    std::array<double, degree + 1> rising, falling;
};

/// The values at all centres by small steps in the direction in which each equation forgets its errors:
/// q(z) upwards from its power series, q(−z) downwards from its asymptotic one.
std::array<Piece, pieces> make_pieces() {
    constexpr double step = 1.04;
    std::array<double, 30> rising, falling;
    std::array<LogarithmicIntegrals, pieces> at;
    double from = centre_of(0), value = by_power_series(from).rising;
    for (std::size_t i = 0; i < pieces; ++i) {
        while (from < centre_of(i)) {
            const double target = std::fmin(step * from, centre_of(i));
            expand(from, {value, 0.0}, rising, falling);
            value = polynomial(rising, target / from - 1.0);
            from = target;
        }
        at[i].rising = value;
    }
    from = 2.0 * asymptotic_from;
    value = by_asymptotic_series(from).falling;
    for (std::size_t i = pieces; i-- > 0;) {
        while (from > centre_of(i)) {
            const double target = std::fmax(from / step, centre_of(i));
            expand(from, {0.0, value}, rising, falling);
            value = polynomial(falling, target / from - 1.0);
            from = target;
        }
        at[i].falling = value;
    }
    std::array<Piece, pieces> out;
    for (std::size_t i = 0; i < pieces; ++i) expand(centre_of(i), at[i], out[i].rising, out[i].falling);
    return out;
}

}  // namespace

LogarithmicIntegrals logarithmic_integrals(double z) {
    if (!(z >= 1.0)) return by_power_series(z);  // of NaN, NaN
    if (z >= asymptotic_from) return by_asymptotic_series(z);
    static const std::array<Piece, pieces> table = make_pieces();
    int exponent = 0;
    const double mantissa = std::frexp(z, &exponent);
    const auto i = static_cast<std::size_t>(4 * (exponent - 1) + static_cast<int>(8.0 * mantissa) - 4);
    const double x = z / centre_of(i) - 1.0;
    return {polynomial(table[i].rising, x), polynomial(table[i].falling, x)};
}

}  // namespace redfield::bath
