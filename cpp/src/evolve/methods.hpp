#pragma once

#include <vector>

#include "evolve/tableau.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

/// The integrators. Each observes i ≥ 1 in order; index 0, the initial state, is its caller's to observe.
namespace redfield::integrators {

void chebyshev(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
               const EvolveOptions& options, const Observer<RealMatrix>& observe, EvolveStats& stats);

/// About the nanoseconds of one core of 2025 that an application takes; the ratio to what other methods
/// do matters (bench/test_evolve.py).
double application_cost(const Generator& generator);

/// The expansion in single precision, with rho0 and the observed states in the frame of `map`.
/// std::invalid_argument where rounding would pass options.rtol.
void chebyshev(const Generator& generator, const SingleGenerator& map, const RealMatrix& rho0,
               const std::vector<double>& times, const EvolveOptions& options,
               const Observer<RealMatrix>& observe, EvolveStats& stats);

/// Adaptive steps of a Runge–Kutta pair in the interaction picture; rtol and atol bound the error of
/// each.
void runge_kutta(const Tableau& tableau, const Generator& generator, const RealMatrix& rho0,
                 const std::vector<double>& times, const EvolveOptions& options,
                 const Observer<RealMatrix>& observe, EvolveStats& stats);

/// The dense exponential on the elements that the state reaches (reached.hpp), found where none are
/// given.
void exponential(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, std::vector<Index> elements,
                 const Observer<RealMatrix>& observe, EvolveStats& stats);

/// Populations and coherences by Generator::closed_form(), which is there.
void closed_form(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, const Observer<RealMatrix>& observe, EvolveStats& stats);

/// About the nanoseconds of one core that the closed form takes; 0 is cheaper than any other method, and
/// negative where there is none.
double cost_of_closed_form(const Generator& generator, const std::vector<double>& times);

/// The cheapest of the dense exponential, the expansion and, where it has a cost that is not negative,
/// the closed form. `elements` are those that the exponential is of, where it was looked at.
Method cheapest(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                double closed_form, std::vector<Index>& elements);

}  // namespace redfield::integrators
