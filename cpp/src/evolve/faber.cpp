#include "redfield/evolve/faber.hpp"

#include <cmath>

namespace redfield::integrators {

Ellipse::Ellipse(const SpectralBounds& bounds) : a(0.5 * bounds.decay), b(bounds.half_height) {}

std::vector<double> faber_coefficients(const Ellipse& ellipse, double tau, double tolerance) {
    const double x = tau * ellipse.radius(), q = ellipse.q();
    if (x == 0.0) return {1.0};
    // Beyond k ≈ τ·reach the coefficients fall faster than any power; start well inside that region.
    const double turning = tau * ellipse.reach();
    const auto start = static_cast<std::size_t>(1.2 * turning + 12.0 * std::cbrt(turning) + 60.0);
    std::vector<double> coefficients(start + 2, 0.0);
    coefficients[start] = 1e-280;
    for (std::size_t k = start; k >= 1; --k) {
        coefficients[k - 1] =
            static_cast<double>(k) / x * coefficients[k] - q * coefficients[k + 1];
        if (std::abs(coefficients[k - 1]) > 1e250)
            for (std::size_t j = k - 1; j <= start; ++j) coefficients[j] *= 1e-250;
    }
    double sum = coefficients[0], power = 1.0;
    for (std::size_t k = 1; k <= start; ++k) {
        power *= -q;
        sum += coefficients[k] * (1.0 + power);
    }
    double tail = 0.0;
    std::size_t size = start + 1;
    while (size > 1 && tail + std::abs(coefficients[size - 1] / sum) < tolerance) {
        tail += std::abs(coefficients[size - 1] / sum);
        --size;
    }
    coefficients.resize(size);
    for (double& c : coefficients) c /= sum;
    return coefficients;
}

}  // namespace redfield::integrators
