#pragma once

#include <functional>
#include <vector>

#include "evolve/runge_kutta.hpp"
#include "redfield/floquet/modes.hpp"

namespace redfield::floquet {

/// Called with the ends of each interval before it is solved.
using Within = std::function<void(double first, double last)>;

/// Solves an equation given in the frame of the modes by Dormand–Prince 5(4), no step longer than
/// `longest`; `within` is told each interval without breaks, which are those of the first period.
EvolveStats run_in_modes(const Modes& modes, StateView start, const std::vector<double>& times,
                         const EvolveOptions& options, const Observer& observe, double longest,
                         const std::vector<double>& breaks, integrators::Picture& picture,
                         const Within& within);

}  // namespace redfield::floquet
