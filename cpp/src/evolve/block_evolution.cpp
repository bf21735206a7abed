#include "evolve/block_evolution.hpp"

#include <cmath>

#include "evolve/output_check.hpp"
#include "redfield/evolve/equal_steps.hpp"

namespace redfield::integrators {

void restore_trace(RealMatrix& rho, double trace) {
    const double size = rho.diagonal().cwiseAbs().sum(), excess = rho.trace() - trace;
    if (size > 0.0 && excess != 0.0) rho.diagonal() -= (excess / size) * rho.diagonal().cwiseAbs();
}

namespace {

/// One solution, step by step.
class Solution {
  public:
    Solution(const FrequencyBlocks& blocks, const RealMatrix& rho0, int extra, bool conserves_trace)
        : blocks_(blocks),
          parts_(blocks.into(rho0)),
          trace_(rho0.trace()),
          extra_(extra),
          conserves_trace_(conserves_trace) {}

    void take(double step) { exponentials_ = blocks_.exponentials(step, extra_); }
    RealMatrix next(double elapsed) {
        blocks_.advance(exponentials_, parts_);
        RealMatrix rho = blocks_.out_of(parts_, elapsed);
        if (conserves_trace_) restore_trace(rho, trace_);
        return rho;
    }
    double rotating_norm() const { return blocks_.rotating_norm(parts_); }

  private:
    const FrequencyBlocks& blocks_;
    std::vector<Eigen::VectorXcd> parts_;
    std::vector<ComplexMatrix> exponentials_;
    double trace_;
    int extra_;
    bool conserves_trace_;
};

}  // namespace

void evolve_blocks(const FrequencyBlocks& blocks, const FrequencyBlocks& rippled,
                   const RealVector& energies, const RealMatrix& rho0, const std::vector<double>& times,
                   double tolerance, bool conserves_trace, const Observer<RealMatrix>& visit,
                   const std::function<void(double)>& proceed) {
    const double root = std::sqrt(static_cast<double>(rho0.rows()));
    const double largest = energies.cwiseAbs().maxCoeff();
    Solution solution(blocks, rho0, 0, conserves_trace), other(rippled, rho0, 1, conserves_trace);
    std::size_t i = 0;
    for (const EqualSteps& run : equal_steps(times)) {
        solution.take(run.length);
        other.take(run.length);
        for (std::size_t step = 0; step < run.count; ++step) {
            ++i;
            proceed(static_cast<double>(i) / static_cast<double>(times.size()));
            const auto index = static_cast<Index>(i);
            const double elapsed = times[i] - times.front();
            const RealMatrix rho = solution.next(elapsed);
            const RealMatrix difference = rho - other.next(elapsed);
            require_phases(index, root * solution.rotating_norm(), largest, elapsed, tolerance);
            require_digits(index, root * difference.norm(), tolerance);
            visit(index, rho);
        }
    }
}

}  // namespace redfield::integrators
