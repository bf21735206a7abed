#include "driven/run.hpp"

#include "redfield/linalg/errors.hpp"

namespace redfield::driven {

Run::Run(StateView start, const std::vector<double>& times, const EvolveOptions& options, double max_step,
         const Observer& observe)
    : start_(start.packed),
      times_(times),
      observe_(observe),
      check_output_(start.packed, options, true),
      watch_(options.monitor) {
    require(max_step > 0.0, "driven::evolve: max_step must be positive");
    require(start.frame == Frame::given, "driven::evolve: rho0 must be in the basis H is given in");
    integrators::check(start_.rows(), start_, times, options);
    require(static_cast<bool>(observe), "driven::evolve: the observer is empty");
}

EvolveStats Run::solve(const std::vector<double>& breaks, Method method, const SolveSmooth& smooth,
                       EvolveStats& stats) {
    const integrators::Observe given = [&](Index i, const RealMatrix& rho) {
        check_output_(i, rho);
        observe_(i, {rho, Frame::given});
    };
    stats.method = method;
    given(0, start_);
    in_segments(start_, times_, breaks, smooth, given);
    stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    return stats;
}

}  // namespace redfield::driven
