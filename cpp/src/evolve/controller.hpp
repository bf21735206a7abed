#pragma once

#include <algorithm>
#include <cmath>

namespace redfield::integrators {

/// Proportional–integral step control (Gustafsson 1991) for a method of local order `order`.
class StepController {
  public:
    explicit StepController(int order) : order_(order) {}

    /// Factor for the next step after an error of `ratio` tolerances; accepted if ratio ≤ 1.
    double factor(double ratio) {
        const double error = std::max(ratio, 1e-10);
        const double k = 1.0 / order_;
        double f = 0.9 * std::pow(error, -0.7 * k) * std::pow(previous_, 0.4 * k);
        if (ratio > 1.0) return std::clamp(0.9 * std::pow(error, -k), 0.2, 0.9);
        if (after_rejection_) f = std::min(f, 1.0);
        previous_ = error;
        return std::clamp(f, 0.2, 5.0);
    }
    void rejected(bool value) { after_rejection_ = value; }

  private:
    int order_;
    double previous_ = 1.0;
    bool after_rejection_ = false;
};

}  // namespace redfield::integrators
