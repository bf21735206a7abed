#pragma once

namespace redfield::bath {

/// R(a, c) = π cot(πa) e^{−ca} + Σ_{k≥1} e^{−ck} [1/(k − a) + 1/(k + a)] for a ≥ 0, c > 0, to rounding of
/// its largest term; the poles at integer a cancel.
double matsubara_sum(double a, double c);

/// From this a on R is what the integral over k is, to rounding.
constexpr double cold = 1e8;

}  // namespace redfield::bath
