#include "bath/digamma.hpp"

#include <array>

namespace redfield::bath {

std::complex<double> digamma(std::complex<double> z) {
    // ψ(z) = ψ(z + 1) − 1/z, up to where ψ(z) ~ ln z − 1/2z − Σ_m B_2m/(2m z^{2m}) is exact to rounding.
    constexpr double far = 10.0;
    constexpr std::array<double, 8> series{1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                           1.0 / 132, -691.0 / 32760, 1.0 / 12,  -3617.0 / 8160};
    std::complex<double> below = 0.0;
    while (std::abs(z) < far) {
        below += 1.0 / z;
        z += 1.0;
    }
    const std::complex<double> inverse = 1.0 / z, square = inverse * inverse;
    std::complex<double> tail = 0.0;
    for (auto b = series.rbegin(); b != series.rend(); ++b) tail = (tail + *b) * square;
    return std::log(z) - 0.5 * inverse - tail - below;
}

Trigamma trigamma(std::complex<double> z) {
    constexpr double far = 10.0;
    constexpr std::array<double, 9> series{1.0 / 6,   -1.0 / 30,     1.0 / 42,
                                           -1.0 / 30, 5.0 / 66,      -691.0 / 2730,
                                           7.0 / 6,   -3617.0 / 510, 43867.0 / 798};
    const auto tail = [&](std::complex<double> inverse) {
        const std::complex<double> square = inverse * inverse;
        std::complex<double> sum = 0.0;
        for (auto b = series.rbegin(); b != series.rend(); ++b) sum = (sum + *b) * square;
        return sum;
    };
    const std::complex<double> reciprocal = 1.0 / z;
    if (std::abs(z) >= far) {
        const std::complex<double> rest = tail(reciprocal);
        return {1.0 - 0.5 * reciprocal + rest, rest};
    }
    // ψ'(y) = ψ'(y + 1) + 1/y², up to where ψ'(y) ~ [1 + 1/2y + Σ_m B_2m/y^{2m}]/y.
    std::complex<double> y = 1.0 + z, below = 0.0;
    while (std::abs(y) < far) {
        below += 1.0 / (y * y);
        y += 1.0;
    }
    const std::complex<double> inverse = 1.0 / y;
    const std::complex<double> value = z * (below + (1.0 + 0.5 * inverse + tail(inverse)) * inverse);
    return {value, value - 1.0 + 0.5 * reciprocal};
}

}  // namespace redfield::bath
