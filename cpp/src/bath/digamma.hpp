#pragma once

#include <complex>

namespace redfield::bath {

/// ψ(z) for Re z ≥ 1, to rounding.
std::complex<double> digamma(std::complex<double> z);

}  // namespace redfield::bath
