#pragma once

#include "evolve/driver.hpp"
#include "redfield/driven/evolve.hpp"

namespace redfield::driven {

/// The commutator-free exponential step of fourth order (Blanes & Moan 2006,
/// doi:10.1016/j.apnum.2005.11.004),
///   ρ(t + h) = e^{½h𝓛₂} e^{½h𝓛₁} ρ(t),  𝓛_i = 𝓛[(½ ± √3/3)H(t₋) + (½ ∓ √3/3)H(t₊)],  t_± = t + (½ ±
///   √3/6)h.
/// Its error is a third of the difference between two half steps and a whole one, judged by the step's
/// share of rtol‖ρ‖ + atol, so that the errors of all steps add up to it. An output costs a step of its
/// own.
class CommutatorFree final : public integrators::Stepper {
  public:
    /// `span` is the time of the whole evolution.
    CommutatorFree(const Drive& drive, const RealMatrix& start, double span, const Options& options,
                   EvolveStats& stats);

    double begin(double first, double last) override;
    double longest(double t) const override;
    integrators::StepController controller() const override {
        return integrators::StepController::elementary(4);
    }
    integrators::Trial attempt(double t, double h) override;
    void advance() override { start_ = fine_; }

    const RealMatrix& state(double tau);

  private:
    RealMatrix step(double t, double h, const RealMatrix& rho, double tolerance);
    RealMatrix exponential(const Moment& moment, double h, const RealMatrix& rho);

    const Drive& drive_;
    const Options& options_;
    EvolveOptions inner_;  ///< of one exponential
    EvolveStats& stats_;
    double span_, t_ = 0.0, h_ = 0.0, tolerance_ = 0.0;
    RealMatrix start_, fine_, output_;
};

}  // namespace redfield::driven
