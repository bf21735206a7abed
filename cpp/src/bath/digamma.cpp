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

}  // namespace redfield::bath
