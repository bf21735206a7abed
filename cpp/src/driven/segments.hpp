#pragma once

#include <utility>
#include <vector>

#include "evolve/methods.hpp"

namespace redfield::driven {

/// How well a jump of a function of time is located, as a part of the span: it is found by bisection
/// down to pieces as narrow as that, which are polynomials like others.
constexpr double jump_width = 0x1p-44;

/// The ends of a segment between jumps, moved inwards as far as the jumps may lie.
std::pair<double, double> clear_of_jumps(double first, double last, double span);

/// Solves from times.front() to times.back(), between which nothing jumps; observes i ≥ 1.
using SolveSmooth = std::function<void(const RealMatrix& rho0, const std::vector<double>& times,
                                       const integrators::Observe& observe)>;

/// Has one piece after the other solved, cut at `breaks`; observes i ≥ 1 of `times`.
void in_segments(const RealMatrix& rho0, const std::vector<double>& times,
                 const std::vector<double>& breaks, const SolveSmooth& solve,
                 const integrators::Observe& observe);

}  // namespace redfield::driven
