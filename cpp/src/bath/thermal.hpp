#pragma once

#include <cmath>
#include <limits>

namespace redfield::bath {

/// 4/β, over which 1/(1 − e^{−βω}) varies about ω = 0; at zero temperature it varies nowhere.
inline double thermal_width(double beta) {
    return std::isinf(beta) ? std::numeric_limits<double>::infinity() : 4.0 / beta;
}

/// θ(ω) = ω/(1 − e^{−βω}), by which γ = θ J/ω of bosons, and its derivatives.
struct ThermalFactor {
    double value, frequency, beta;
};

/// At β = ∞ it is ω where ω > 0; its derivative at 0 is then the mean of both sides.
inline ThermalFactor thermal_factor(double w, double beta) {
    const double size = std::abs(w);
    if (std::isinf(beta)) return {w > 0.0 ? w : 0.0, w > 0.0 ? 1.0 : w < 0.0 ? 0.0 : 0.5, 0.0};
    const double x = beta * size;
    if (x < 1e-300) return {1.0 / beta, 0.5, -1.0 / beta / beta};
    const double gap = -std::expm1(-x), fall = std::exp(-x);
    const double up = size / gap;
    // x − (1 − e^{−x}), where x is small by its series.
    double rest = x - gap;
    if (x < 0.5) {
        double term = 0.5 * x * x;
        rest = 0.0;
        for (int n = 3; n < 18; ++n) {
            rest += term;
            term *= -x / n;
        }
    }
    // The derivatives on both sides of 0 add up to 1; ∂θ/∂β = −ω²/4sinh²(x/2).
    const double below = fall * (rest / gap) / gap, root = std::exp(-0.5 * x) * up;
    return {w > 0.0 ? up : up * fall, w > 0.0 ? 1.0 - below : below, -root * root};
}

}  // namespace redfield::bath
