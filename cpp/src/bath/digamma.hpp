#pragma once

#include <complex>

namespace redfield::bath {

/// ψ(z) for Re z ≥ 1, to rounding.
std::complex<double> digamma(std::complex<double> z);

/// zψ'(1 + z), and R(z) = zψ'(1 + z) − 1 + 1/2z ~ Σ_m B_2m/z^{2m}, infinite at 0, without cancellation.
struct Trigamma {
    std::complex<double> value, remainder;
};

/// For Re z ≥ 0, to rounding.
Trigamma trigamma(std::complex<double> z);

}  // namespace redfield::bath
