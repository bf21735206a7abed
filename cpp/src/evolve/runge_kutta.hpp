#pragma once

#include <vector>

#include "evolve/driver.hpp"
#include "evolve/tableau.hpp"

namespace redfield::integrators {

/// An equation in variables that begin anew at each step, and how long its steps may be.
class StepEquation {
  public:
    virtual ~StepEquation() = default;
    /// An interval on which the equation is smooth begins.
    virtual void enter(double first, double last) = 0;
    /// The length of the first step to try in an interval.
    virtual double first_step() const = 0;
    /// The longest step that may begin at t.
    virtual double longest(double t) const = 0;
    /// A step begins at `now`.
    virtual void start(double now) = 0;
    /// dy/dτ at τ after the step's start.
    virtual void derivative(double tau, const RealMatrix& y, RealMatrix& out) = 0;
    /// A state or derivative in the variables of a step that starts τ later.
    virtual void leave(double tau, const RealMatrix& y, RealMatrix& out) = 0;
};

/// An embedded Runge–Kutta pair with dense output,
///   k_i = f(c_ih, y + h Σ_j a_ijk_j),  y₁ = y + h Σ_j b_jk_j,
/// whose error √N‖h Σ_j e_jk_j‖ is judged by rtol‖y₁‖₁ + atol.
class RungeKutta final : public Stepper {
  public:
    /// `applications` counts derivatives.
    RungeKutta(const Tableau& tableau, StepEquation& equation, const RealMatrix& start,
               const IntegrationOptions& options, long& applications);

    double begin(double first, double last) override;
    double longest(double t) const override { return equation_.longest(t); }
    StepController controller() const override {
        return StepController::proportional_integral(tableau_.order);
    }
    Trial attempt(double t, double h) override;
    void advance() override;

    const RealMatrix& state(double tau);

  private:
    void derivative(double tau, const RealMatrix& y, RealMatrix& out);
    RealMatrix interpolated(double theta) const;
    const RealMatrix& last_derivative() const {
        return k_[static_cast<std::size_t>(tableau_.stages) - 1];
    }

    const Tableau& tableau_;
    StepEquation& equation_;
    double rtol_, atol_;
    long& applications_;
    double h_ = 0.0;
    bool fresh_ = true;  // k_[0] must be computed
    RealMatrix y_, next_, error_, output_;
    std::vector<RealMatrix> k_;
};

}  // namespace redfield::integrators
