#pragma once

#include <vector>

#include "evolve/run.hpp"
#include "evolve/runge_kutta.hpp"
#include "redfield/driven/evolve.hpp"

namespace redfield::driven {

/// An evolution of an equation that depends on time, from a state in the basis H is given in.
class Run : public integrators::Run {
  public:
    /// std::invalid_argument where the arguments do not fit n levels.
    Run(Index n, StateView start, const std::vector<double>& times, const IntegrationOptions& options,
        double max_step, const Observer<StateView>& observe);

    /// Solves by a stepper from `start`, both in the stepper's frame, going over none of `breaks`.
    template <class Stepper>
    void drive(Stepper& stepper, const RealMatrix& start, const std::vector<double>& breaks,
               const Observer<RealMatrix>& tell, EvolveStats& stats) const {
        const auto integrate = [&](const Observer<RealMatrix>& output) {
            integrators::drive(stepper, times_, breaks, stats, output);
        };
        solve(start, true, tell, integrate, stats);
    }

    /// Solves by Dormand–Prince 5(4); rtol and atol bound the error of each step.
    EvolveStats dopri5(integrators::StepEquation& equation, const RealMatrix& start,
                       const std::vector<double>& breaks, const Observer<RealMatrix>& tell) const;

  private:
    const std::vector<double>& times_;
    const IntegrationOptions& options_;
};

/// Tells states of the basis H is given in as they are.
inline Observer<RealMatrix> in_given_basis(const Observer<StateView>& observe) {
    return [&observe](Index i, const RealMatrix& rho) { observe(i, {rho, Frame::given}); };
}

}  // namespace redfield::driven
