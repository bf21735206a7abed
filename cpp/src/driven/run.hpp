#pragma once

#include <chrono>
#include <vector>

#include "driven/segments.hpp"
#include "evolve/output_check.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::driven {

/// What is common to all evolutions: checks, the first output, the pieces between jumps, the time it
/// took.
class Run {
  public:
    Run(StateView start, const std::vector<double>& times, const EvolveOptions& options, double max_step,
        const Observer& observe);

    EvolveStats solve(const std::vector<double>& breaks, Method method, const SolveSmooth& smooth,
                      EvolveStats& stats);

  private:
    const RealMatrix& start_;
    const std::vector<double>& times_;
    const Observer& observe_;
    integrators::OutputCheck check_output_;
    linalg::Caller caller_;
    linalg::Watch watch_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace redfield::driven
