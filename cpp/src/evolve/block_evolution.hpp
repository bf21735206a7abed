#pragma once

#include <functional>
#include <vector>

#include "evolve/frequency_blocks.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// The relative change of every entry of 𝓛 that tells what rounding does.
constexpr double ripple = 2.2e-16;

/// Solves by the exponentials of blocks: visit(i, ρ(times[i])) for every i ≥ 1, packed, in the eigenbasis
/// of `energies`. `rippled` are the same blocks of a generator whose entries differ by ± ripple of
/// themselves: where the two solutions differ by more than `tolerance` in trace norm, or the phases of
/// what still turns are lost, rounding has decided the state (ConvergenceError).
void evolve_blocks(const FrequencyBlocks& blocks, const FrequencyBlocks& rippled,
                   const RealVector& energies, const RealMatrix& rho0, const std::vector<double>& times,
                   double tolerance, bool conserves_trace, const Observer<RealMatrix>& visit,
                   const std::function<void(double)>& proceed);

/// Makes the trace of a packed state what it was, the correction in proportion to its populations.
void restore_trace(RealMatrix& rho, double trace);

}  // namespace redfield::integrators
