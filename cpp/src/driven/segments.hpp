#pragma once

#include <vector>

#include "evolve/methods.hpp"

namespace redfield::driven {

/// Solves from times.front() to times.back(), between which nothing jumps; observes i ≥ 1.
using SolveSmooth = std::function<void(const RealMatrix& rho0, const std::vector<double>& times,
                                       const integrators::Observe& observe)>;

/// Has one piece after the other solved, cut at `breaks`; observes i ≥ 1 of `times`.
void in_segments(const RealMatrix& rho0, const std::vector<double>& times,
                 const std::vector<double>& breaks, const SolveSmooth& solve,
                 const integrators::Observe& observe);

}  // namespace redfield::driven
