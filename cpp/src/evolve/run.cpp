#include "evolve/run.hpp"

#include "evolve/checks.hpp"
#include "evolve/output_check.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::integrators {

Run::Run(Index n, StateView start, const std::vector<double>& times, const IntegrationOptions& options,
         const Observer<StateView>& observe)
    : options_(options), watch_(options.monitor) {
    check(n, start.packed, times, options);
    require(static_cast<bool>(observe), "evolve: the observer is empty");
}

void Run::solve(const RealMatrix& start, bool conserves_trace, const Observer<RealMatrix>& tell,
                const std::function<void(const Observer<RealMatrix>&)>& integrate,
                EvolveStats& stats) const {
    const OutputCheck check_output(start, options_, conserves_trace);
    const Observer<RealMatrix> judged = [&](Index i, const RealMatrix& rho) {
        check_output(i, rho);
        tell(i, rho);
    };
    judged(0, start);
    integrate(judged);
    stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace redfield::integrators
