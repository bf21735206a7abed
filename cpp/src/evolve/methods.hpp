#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

/// The integrators. Each observes i ≥ 1 in order; index 0, the initial state, is its caller's to observe.
namespace redfield::integrators {

/// Receives the packed state at times[i] in the frame the integrator works in.
using Observe = std::function<void(Index i, const RealMatrix& rho)>;

/// std::invalid_argument where a start, times or tolerances make no sense for a system of dimension n.
void check(Index n, const RealMatrix& rho0, const std::vector<double>& times,
           const EvolveOptions& options);

/// Throws ConvergenceError where a method would need more applications than anyone can wait for.
void refuse_hopeless(double applications);

/// std::invalid_argument where steps of at most `max_step` are more than anyone can wait for.
void refuse_short_steps(double max_step, double span);

/// The shortest step from t on that the rounding of times leaves, a few of their spacings, but never more
/// than `longest`; ConvergenceError where that is less than one spacing.
double shortest_step(double t, double longest);

void chebyshev(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
               const EvolveOptions& options, const Observe& observe, EvolveStats& stats);

/// The same in single precision, with rho0 and what is observed in the frame of `map`.
/// std::invalid_argument where rounding would pass options.rtol.
void chebyshev(const Generator& generator, const SingleGenerator& map, const RealMatrix& rho0,
               const std::vector<double>& times, const EvolveOptions& options, const Observe& observe,
               EvolveStats& stats);

/// std::invalid_argument where rtol is too small for single precision, or rounding would pass it over a
/// time `span` with a spectrum that reaches so far: in trace norm of a state, or in norm of a ket (n =
/// 1).
void check_single(double rtol);
void check_rounding_of_single(double reach, double span, Index n, Frame frame, double rtol);

void dopri5(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
            const EvolveOptions& options, const Observe& observe, EvolveStats& stats);

void exponential(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, const Observe& observe, EvolveStats& stats);

/// The cheapest of the dense exponential, the expansion and, where it has a cost that is not negative,
/// the closed form.
Method cheapest(const Generator& generator, const std::vector<double>& times, double closed_form);

}  // namespace redfield::integrators
