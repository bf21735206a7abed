#pragma once

#include <cmath>
#include <limits>

namespace redfield::bath {

/// 4/β, over which 1/(1 − e^{−βω}) varies about ω = 0; at zero temperature it varies nowhere.
inline double thermal_width(double beta) {
    return std::isinf(beta) ? std::numeric_limits<double>::infinity() : 4.0 / beta;
}

}  // namespace redfield::bath
