#include "bath/matsubara_sum.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "bath/exponential_integrals.hpp"
#include "bath/pi.hpp"

namespace redfield::bath {

namespace {

/// From this c on the terms fall fast enough to be added one by one, as many as these.
constexpr double fast = 0.5, enough = 45.0;
/// Terms on each side of the pole that are taken one by one; Euler and Maclaurin sum the rest.
constexpr double beside = 12.0;

/// The end corrections of f(x) = e^{−cx}/(x − p) at x: ½f and the sum Σ_m B_2m/(2m)! f^{(2m−1)}, by
/// (x − p) f^{(n)} + n f^{(n−1)} = (−c)ⁿ e^{−cx}.
struct End {
    double half, derivatives;
};

End end(double x, double p, double c) {
    constexpr std::array<double, 8> bernoulli{1.0 / 12,          -1.0 / 720,
                                              1.0 / 30240,       -1.0 / 1209600,
                                              1.0 / 47900160,    -691.0 / 1307674368000,
                                              1.0 / 74724249600, -3617.0 / 10670622842880000};
    const double scale = std::exp(-c * x), y = x - p;
    double f = scale / y, power = scale, sum = 0.0;
    const double half = 0.5 * f;
    for (std::size_t n = 1; n < 2 * bernoulli.size(); ++n) {
        power *= -c;
        f = (power - static_cast<double>(n) * f) / y;
        if (n % 2 == 1) sum += bernoulli[n / 2] * f;
    }
    return {half, sum};
}

/// Σ_{k≥first} e^{−ck}/(k − p), all k beyond the pole.
double upper_tail(double first, double p, double c) {
    const End from = end(first, p, c);
    return std::exp(-c * first) * exponential_integrals(c * (first - p)).falling + from.half -
           from.derivatives;
}

/// Σ_{k=1}^{last} e^{−ck}/(k − p), all k before the pole.
double lower_part(double last, double p, double c) {
    const End from = end(1.0, p, c), to = end(last, p, c);
    return std::exp(-c * last) * exponential_integrals(c * (p - last)).rising -
           std::exp(-c) * exponential_integrals(c * (p - 1.0)).rising + from.half + to.half +
           to.derivatives - from.derivatives;
}

/// π cot(πδ) − 1/δ for |δ| ≤ ½.
double cotangent_without_pole(double delta) {
    if (std::abs(delta) > 0.05) return pi / std::tan(pi * delta) - 1.0 / delta;
    const double square = pi * pi * delta * delta;
    return -pi * pi * delta *
           (1.0 / 3 +
            square * (1.0 / 45 + square * (2.0 / 945 + square * (1.0 / 4725 + square * 2.0 / 93555))));
}

/// π cot(πa) e^{−ca} and the term k = a of the sum, or near it, which cancels its pole.
double at_pole(double a, double c) {
    const double k = std::round(a), delta = a - k, whole = std::exp(-c * a);
    if (k == 0.0) return pi / std::tan(pi * a) * whole;
    const double integer = std::exp(-c * k), turn = c * delta;
    // (e^{−ca} − e^{−ck})/δ; late, where both are nothing, c may be so large that their ratio is none.
    double slope = 0.0;
    if (std::abs(turn) > 1.0)
        slope = (whole - integer) / delta;
    else if (integer > 0.0)
        slope = delta == 0.0 ? -c * integer : integer * std::expm1(-turn) / delta;
    return whole * cotangent_without_pole(delta) + slope;
}

/// Σ e^{−ck}/(k − p) over k from first to last, without the pole's own.
double one_by_one(double first, double last, double p, double c) {
    double sum = 0.0;
    for (double k = first; k <= last; k += 1.0)
        if (k != std::round(p)) sum += std::exp(-c * k) / (k - p);
    return sum;
}

}  // namespace

double matsubara_sum(double a, double c) {
    const double resonant = at_pole(a, c), last = std::ceil(enough / c);
    if (c >= fast) return resonant + one_by_one(1.0, last, a, c) + one_by_one(1.0, last, -a, c);
    const double pole = std::round(a), first = std::max(1.0, pole - beside + 1.0), from = pole + beside;
    double sum = resonant + one_by_one(first, from - 1.0, a, c) + upper_tail(from, a, c) +
                 one_by_one(1.0, beside - 1.0, -a, c) + upper_tail(beside, -a, c);
    if (first > 1.0) sum += lower_part(first - 1.0, a, c);
    return sum;
}

}  // namespace redfield::bath
