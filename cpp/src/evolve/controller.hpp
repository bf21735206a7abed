#pragma once

#include <algorithm>
#include <cmath>

namespace redfield::integrators {

/// Error estimate of a trial step.
struct Trial {
    bool accepted;
    double ratio;  ///< estimated error over the error aimed at
};

/// Step control. After a step of error ratio e_n the step is multiplied by
///   f = safety · e_n^{−p/k} e_{n−1}^{i/k},
/// k being the local order, p and i the gains: proportional–integral (Gustafsson 1991) or, with i = 0 and
/// no memory of the step before, elementary. After a rejection the step shrinks by safety · e^{−1/k}.
class StepController {
  public:
    static StepController proportional_integral(int order) { return {order, 0.9, 0.7, 0.4, 5.0}; }
    static StepController elementary(int order) { return {order, 0.85, 1.0, 0.0, 4.0}; }

    /// The factor from this step's length to the next one's.
    double factor(const Trial& trial) {
        constexpr double hopeless = 1e10, negligible = 1e-10;
        const double error = std::isfinite(trial.ratio) ? std::max(trial.ratio, negligible) : hopeless;
        const double k = 1.0 / order_;
        const bool after_rejection = after_rejection_;
        after_rejection_ = !trial.accepted;
        if (error > 1.0) return std::clamp(safety_ * std::pow(error, -k), smallest, 0.9);
        double f = safety_ * std::pow(error, -proportional_ * k) * std::pow(previous_, integral_ * k);
        if (after_rejection && integral_ > 0.0) f = std::min(f, 1.0);
        previous_ = error;
        return std::clamp(f, smallest, largest_);
    }

  private:
    static constexpr double smallest = 0.2;

    StepController(int order, double safety, double proportional, double integral, double largest)
        : order_(order),
          safety_(safety),
          proportional_(proportional),
          integral_(integral),
          largest_(largest) {}

    int order_;
    double safety_, proportional_, integral_, largest_;
    double previous_ = 1.0;
    bool after_rejection_ = false;
};

}  // namespace redfield::integrators
