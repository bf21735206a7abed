#pragma once

#include <algorithm>
#include <cmath>

namespace redfield::trajectories {

/// A root of a falling function between two values around it, by false position (Illinois).
struct Bracket {
    double low, high, above, below;  // f(low) = above ≥ 0 ≥ below = f(high)
    double middle = 0.0, best = high, value = below;
    int side = 0;

    bool done(double tolerance) const {
        return std::abs(value) <= tolerance || high - low <= 1e-15 * high;
    }
    void propose() {
        const double share = above - below > 0.0 ? above / (above - below) : 0.5;
        middle = low + (high - low) * std::clamp(share, 1e-3, 1.0 - 1e-3);
    }
    void take(double f) {
        best = middle;
        value = f;
        if (f > 0.0) {
            low = middle;
            above = f;
            if (side == 1) below *= 0.5;
            side = 1;
        } else {
            high = middle;
            below = f;
            if (side == -1) above *= 0.5;
            side = -1;
        }
    }
};

}  // namespace redfield::trajectories
