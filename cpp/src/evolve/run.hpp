#pragma once

#include <chrono>
#include <vector>

#include "redfield/base/parallel.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// One evolution: its arguments are checked, every output is judged before it is told, and the time it
/// takes is measured. While it lives, its monitor is polled.
class Run {
  public:
    /// std::invalid_argument where the arguments do not fit a system of dimension n.
    Run(Index n, StateView start, const std::vector<double>& times, const IntegrationOptions& options,
        const Observer<StateView>& observe);

    /// Has `integrate` solve from `start`, a state in the integrator's frame, and tell i ≥ 1; judges
    /// every output, the start first, and tells it to `tell`.
    void solve(const RealMatrix& start, bool conserves_trace, const Observer<RealMatrix>& tell,
               const std::function<void(const Observer<RealMatrix>&)>& integrate,
               EvolveStats& stats) const;

  private:
    const IntegrationOptions& options_;
    base::Caller caller_;
    base::Watch watch_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace redfield::integrators
