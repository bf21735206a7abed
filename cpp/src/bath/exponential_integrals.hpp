#pragma once

namespace redfield::bath {

/// The exponential integrals without their exponentials, at z > 0: e^{−z}Ei(z) and e^{z}E₁(z).
struct ExponentialIntegrals {
    double rising, falling;
};

/// Relative to about 1e-14, but where Ei vanishes (z = 0.37).
ExponentialIntegrals exponential_integrals(double z);

/// e^{z}E₁(z) − e^{−z}Ei(z), relative to about 1e-14 where they are nearly equal too: −2/z² for large z.
double exponential_integrals_apart(double z);

/// P − Q, P + Q and (P − Q)' = 2/z − (P + Q) of P = e^{−z}Ei(z) and Q = e^{z}E₁(z).
struct ExponentialPair {
    double difference, sum, slope;
};

/// Each to about 1e-14 of its size, of which large z takes no part; the slope 1e-11 below z = 64.
ExponentialPair exponential_pair(double z);

/// Where z is so large that the asymptotic series Σ n!/zⁿ is exact to rounding.
constexpr double asymptotic_from = 64.0;

}  // namespace redfield::bath
