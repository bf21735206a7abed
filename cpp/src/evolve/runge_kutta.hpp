#pragma once

#include <functional>
#include <vector>

#include "evolve/methods.hpp"

namespace redfield::integrators {

/// The variables a Runge–Kutta step works in; they may begin anew at each step.
class Picture {
  public:
    virtual ~Picture() = default;
    /// A step begins at `now`.
    virtual void start(double now) = 0;
    /// dy/dτ at τ after the step's start.
    virtual void derivative(double tau, const RealMatrix& y, RealMatrix& out) = 0;
    /// The state or derivative in the variables of a step that starts τ later.
    virtual void leave(double tau, const RealMatrix& y, RealMatrix& out) = 0;
};

/// The longest step that may begin at a time.
using Longest = std::function<double(double now)>;

/// Adaptive Dormand–Prince 5(4) from times[0], with dense output; observes i ≥ 1. Steps start at `step`
/// and never exceed `longest`.
void runge_kutta(Picture& picture, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, double step, const Longest& longest,
                 const Observe& observe, EvolveStats& stats);

}  // namespace redfield::integrators
