#pragma once

#include <functional>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/floquet/modes.hpp"

namespace redfield::floquet {

/// Solves from one time to another in the frame of the modes, with a tolerance for each step.
using SolveBetween =
    std::function<RealMatrix(const RealMatrix& rho, double first, double last, double tolerance)>;

/// The map of packed states over one period from `start` on, and its powers by squaring.
///
/// In the frame ρ = Vρ̃V†, V(t) = Φ(t)e^{−iε(t − t₀)}, one period later the equation is the same but for
/// e^{iεT}: with R(X) = e^{iεT}Xe^{−iεT} and K(s) the solution over s from `start`, σ_m = R^{−m}ρ̃(start +
/// mT) obeys σ_{m+1} = R⁻¹K(T)σ_m, and ρ̃(start + mT + s) = R^m K(s)σ_m.
class PeriodMap {
  public:
    PeriodMap(const Modes& modes, double start, double tolerance, const SolveBetween& solve);

    /// σ after so many periods more.
    void advance(RealMatrix& sigma, std::size_t periods);

  private:
    std::vector<RealMatrix> squares_;  ///< the map to the powers 2^j
    std::vector<Index> populations_;
};

/// Whether powers of the map, which itself takes N² periods twice, are cheaper than integrating to the
/// last of these times.
bool period_map_pays_off(const Modes& modes, const std::vector<double>& times);

/// Solves by powers of the map, and within a period by integration; observes i ≥ 1 in the frame of the
/// modes. `change` is what the dissipator does to a state in a period, to which the map is accurate. A
/// second, coarser map tells the error: ConvergenceError where it passes rtol and atol.
void evolve_by_periods(const Modes& modes, const RealMatrix& rho0, const std::vector<double>& times,
                       const IntegrationOptions& options, const SolveBetween& solve, double change,
                       const Observer<RealMatrix>& observe);

}  // namespace redfield::floquet
