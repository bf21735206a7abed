#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

/// The integrators. Each observes i ≥ 1 in order; index 0, the initial state, is its caller's to observe.
namespace redfield::integrators {

/// Polls the monitor and throws Interrupted when it asks to stop.
class Progress {
  public:
    explicit Progress(const EvolveOptions& options) : monitor_(options.monitor) {}
    void operator()(double fraction) const {
        if (monitor_ && !monitor_(fraction)) stop();
    }

  private:
    [[noreturn]] static void stop();
    const std::function<bool(double)>& monitor_;
};

/// std::invalid_argument where a start, times or tolerances make no sense for a system of dimension n.
void check(Index n, const RealMatrix& rho0, const std::vector<double>& times,
           const EvolveOptions& options);

/// Throws ConvergenceError where a method would need more applications than anyone can wait for.
void refuse_hopeless(double applications);

void chebyshev(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
               const EvolveOptions& options, const Observer& observe, EvolveStats& stats);

void dopri5(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
            const EvolveOptions& options, const Observer& observe, EvolveStats& stats);

void exponential(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, const Observer& observe, EvolveStats& stats);

/// Whether the dense exponential is the cheapest method for these times.
bool exponential_pays_off(const Generator& generator, const std::vector<double>& times);

}  // namespace redfield::integrators
