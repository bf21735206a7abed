#include "driven/run.hpp"

#include "redfield/base/errors.hpp"

namespace redfield::driven {

Run::Run(Index n, StateView start, const std::vector<double>& times, const IntegrationOptions& options,
         double max_step, const Observer<StateView>& observe)
    : integrators::Run(n, start, times, options, observe), times_(times), options_(options) {
    require(max_step > 0.0, "driven::evolve: max_step must be positive, got ", max_step);
    require(start.frame == Frame::given, "driven::evolve: rho0 must be in the basis H is given in");
}

EvolveStats Run::dopri5(integrators::StepEquation& equation, const RealMatrix& start,
                        const std::vector<double>& breaks, const Observer<RealMatrix>& tell) const {
    EvolveStats stats;
    stats.method = name_of(method_names, Method::dopri5);
    integrators::RungeKutta stepper(integrators::dormand_prince, equation, start, options_,
                                    stats.applications);
    drive(stepper, start, breaks, tell, stats);
    return stats;
}

}  // namespace redfield::driven
