#pragma once

#include <functional>
#include <vector>

#include "evolve/controller.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// A method of one step: it computes a step, estimates its error and keeps the state. Which steps are
/// tried and which outputs are due is the driver's to know.
///
/// A stepper also has state(τ), the state τ after the start of the step last tried; state(0) before any.
class Stepper {
  public:
    virtual ~Stepper() = default;
    /// Begins an interval on which the equation is smooth, from the state reached; returns the length of
    /// the first step to try.
    virtual double begin(double first, double last) = 0;
    /// The longest step that may begin at t.
    virtual double longest(double t) const = 0;
    virtual StepController controller() const = 0;
    /// Whether state(τ) is known within a step; otherwise steps end at every output.
    virtual bool interpolates() const { return true; }
    /// Tries the step from t to t + h.
    virtual Trial attempt(double t, double h) = 0;
    /// Makes the end of an accepted step the state reached.
    virtual void advance() = 0;
};

/// Called for i ≥ 1 in order once the step that contains times[i] is accepted, τ being times[i] less the
/// time where that step began.
using Due = std::function<void(Index i, double tau)>;

/// The adaptive driver of every stepper, from times.front() to times.back():
///   cut the time at `breaks`, over which no step goes; within each interval
///   try a step of h = min(proposed, longest(t), end − t), the end being the interval's or, where the
///   stepper does not interpolate, the next output's;
///   h ← h · factor(error / tolerance); accepted: tell the outputs within the step, advance.
/// ConvergenceError where steps fall below 1e-13 of the interval or the rounding of times.
void drive(Stepper& stepper, const std::vector<double>& times, const std::vector<double>& breaks,
           StepCount& count, const Due& due);

/// The driver with states told to an observer.
template <class Derived, class State>
void drive(Derived& stepper, const std::vector<double>& times, const std::vector<double>& breaks,
           StepCount& count, const Observer<State>& observe) {
    drive(stepper, times, breaks, count,
          Due([&](Index i, double tau) { observe(i, stepper.state(tau)); }));
}

}  // namespace redfield::integrators
