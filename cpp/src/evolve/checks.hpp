#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"

/// Refusals of what makes no sense, or of what nobody can wait for, before the work begins.
namespace redfield::integrators {

/// std::invalid_argument where a start, times or tolerances make no sense for a system of dimension n.
void check(Index n, const RealMatrix& rho0, const std::vector<double>& times,
           const IntegrationOptions& options);

/// ConvergenceError where a method would need more applications than anyone can wait for.
void refuse_hopeless(double applications);

/// std::invalid_argument where steps of at most `max_step` are more than anyone can wait for.
void refuse_short_steps(double max_step, double span);

/// std::invalid_argument where rtol is too small for single precision, or rounding would pass it over a
/// time `span` with a spectrum that reaches so far: in trace norm of a state, or in norm of a ket (n =
/// 1).
void check_single(double rtol);
void check_rounding_of_single(double reach, double span, Index n, Frame frame, double rtol);

}  // namespace redfield::integrators
