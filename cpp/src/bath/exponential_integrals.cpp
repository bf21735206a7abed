#include "bath/exponential_integrals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "bath/pi.hpp"

namespace redfield::bath {

namespace {

/// Ei(z) = γ + ln z + Σ zⁿ/(n n!) and E₁(z) = −γ − ln z − Σ (−z)ⁿ/(n n!): γ + ln z, and both parts of the
/// sum.
struct PowerSeries {
    double logarithm, even, odd;
};

PowerSeries power_series(double z) {
    double even = 0.0, odd = 0.0, power = 1.0;
    for (int n = 1; n <= 24; ++n) {
        power *= z / n;
        (n % 2 == 0 ? even : odd) += power / n;
        if (power < 1e-18 * odd) break;
    }
    return {euler_gamma + std::log(z), even, odd};
}

ExponentialIntegrals by_power_series(double z) {
    const auto [logarithm, even, odd] = power_series(z);
    const double decay = std::exp(-z);
    return {decay * (logarithm + odd + even), (odd - even - logarithm) / decay};
}

/// The terms n!/zⁿ⁺¹ of the asymptotic series, of n = 0, of other even and of odd n.
struct Terms {
    double first, even, odd;
};

Terms asymptotic_terms(double z) {
    const double inverse = 1.0 / z;
    double term = inverse, even = 0.0, odd = 0.0;
    for (int n = 1; n <= 20; ++n) {
        term *= n * inverse;
        (n % 2 == 0 ? even : odd) += term;
        if (n > 1 && term < 1e-18 * even) break;
    }
    return {inverse, even, odd};
}

/// The series Σ n!/zⁿ⁺¹, of E₁ with alternating signs.
ExponentialIntegrals by_asymptotic_series(double z) {
    const auto [first, even, odd] = asymptotic_terms(z);
    return {first + even + odd, first + even - odd};
}

constexpr std::size_t degree = 17;  // (1/9)^17, the ratio of an interval's half width to its centre
constexpr std::size_t pieces = 24;  // four an octave of [1, 64)

/// Taylor coefficients about a centre, in δ/centre.
struct Piece {
    std::array<double, degree + 1> rising, falling;
};

double centre_of(std::size_t piece) {
    return std::ldexp(1.0 + 0.25 * (static_cast<double>(piece % 4) + 0.5), static_cast<int>(piece / 4));
}

/// Taylor coefficients of P = e^{−z}Ei from P' = 1/z − P, and of Q = e^{z}E₁ from Q' = Q − 1/z.
template <std::size_t Count>
void expand(double centre, ExponentialIntegrals at, std::array<double, Count>& rising,
            std::array<double, Count>& falling) {
    rising[0] = at.rising;
    falling[0] = at.falling;
    double sign = 1.0;
    for (std::size_t n = 0; n + 1 < Count; ++n, sign = -sign) {
        const double next = static_cast<double>(n + 1);
        rising[n + 1] = (sign - centre * rising[n]) / next;
        falling[n + 1] = (centre * falling[n] - sign) / next;
    }
}

template <std::size_t Count>
double polynomial(const std::array<double, Count>& c, double x) {
    double sum = c[Count - 1];
    for (std::size_t n = Count - 1; n-- > 0;) sum = sum * x + c[n];
    return sum;
}

/// The values at all centres by stepping from one to the next in the direction in which each equation
/// forgets its errors: P upwards from its power series, Q downwards from its asymptotic one.
std::array<Piece, pieces> make_pieces() {
    constexpr std::size_t many = 60;
    std::array<double, many> rising, falling;
    std::array<ExponentialIntegrals, pieces> at;
    at[0] = by_power_series(centre_of(0));
    for (std::size_t i = 0; i + 1 < pieces; ++i) {
        const double c = centre_of(i);
        expand(c, at[i], rising, falling);
        at[i + 1].rising = polynomial(rising, centre_of(i + 1) / c - 1.0);
    }
    double from = 2.0 * asymptotic_from;
    double value = by_asymptotic_series(from).falling;
    while (from > centre_of(0)) {  // small steps: Q forgets e^{−z} of an error
        std::size_t next = pieces;
        while (next > 0 && centre_of(next - 1) >= from) --next;
        const double target = std::max(next == 0 ? 0.0 : centre_of(next - 1), 0.9 * from);
        expand(from, {0.0, value}, rising, falling);
        value = polynomial(falling, target / from - 1.0);
        from = target;
        if (next > 0 && target == centre_of(next - 1)) at[next - 1].falling = value;
    }
    std::array<Piece, pieces> out;
    for (std::size_t i = 0; i < pieces; ++i) expand(centre_of(i), at[i], out[i].rising, out[i].falling);
    return out;
}

/// Four intervals an octave: the top bits of a double count them.
std::size_t piece_of(double z) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &z, sizeof bits);
    return static_cast<std::size_t>((bits >> 50U) - (std::uint64_t{1023} << 2U));
}

}  // namespace

ExponentialIntegrals exponential_integrals(double z) {
    if (!(z >= 1.0)) return by_power_series(z);  // of NaN, NaN
    if (z >= asymptotic_from) return by_asymptotic_series(z);
    static const std::array<Piece, pieces> table = make_pieces();
    const std::size_t i = piece_of(z);
    const double x = z / centre_of(i) - 1.0;
    return {polynomial(table[i].rising, x), polynomial(table[i].falling, x)};
}

double exponential_integrals_apart(double z) {
    if (z >= asymptotic_from) return -2.0 * asymptotic_terms(z).odd;
    const auto [rising, falling] = exponential_integrals(z);
    return falling - rising;
}

ExponentialPair exponential_pair(double z) {
    if (z >= asymptotic_from) {
        const auto [first, even, odd] = asymptotic_terms(z);
        return {2.0 * odd, 2.0 * (first + even), -2.0 * even};
    }
    double difference = 0.0, sum = 0.0;
    if (z < 1.0) {
        const auto [logarithm, even, odd] = power_series(z);
        const double cosh = std::cosh(z), sinh = std::sinh(z);
        difference = 2.0 * (cosh * (logarithm + even) - sinh * odd);
        sum = 2.0 * (cosh * odd - sinh * (logarithm + even));
    } else {
        const auto [rising, falling] = exponential_integrals(z);
        difference = rising - falling;
        sum = rising + falling;
    }
    return {difference, sum, 2.0 / z - sum};
}

}  // namespace redfield::bath
