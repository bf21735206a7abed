#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// The relative change of every entry of 𝓛 that tells what rounding does.
constexpr double ripple = 2.2e-16;

/// A packed matrix with every entry changed by ± `part` of itself, without pattern.
RealMatrix rippled(const RealMatrix& packed, double part = ripple);

/// The solution of a closed form, one step after the other.
class Solution {
  public:
    virtual ~Solution() = default;
    /// The length of the steps to come.
    virtual void take(double step) = 0;
    /// The packed state one step on, a time `elapsed` after the start.
    virtual RealMatrix next(double elapsed) = 0;
    /// The norm of the parts that turn: what a wrong phase changes.
    virtual double rotating_norm() const = 0;
};

/// visit(i, ρ(times[i])) for every i ≥ 1. `other`, where it is not null, solves the same equation with
/// entries changed by ± ripple of themselves: where the two differ by more than `tolerance` in trace
/// norm, or the phases of what still turns are lost, which energies up to `largest_energy` make, rounding
/// has decided the state (ConvergenceError).
void evolve_in_steps(Solution& solution, Solution* other, double largest_energy,
                     const std::vector<double>& times, double tolerance,
                     const Observer<RealMatrix>& visit);

/// Makes the trace of a packed state what it was, the correction in proportion to its populations.
void restore_trace(RealMatrix& rho, double trace);

}  // namespace redfield::integrators
