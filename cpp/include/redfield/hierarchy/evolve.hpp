#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// The vector of a hierarchy whose baths are in equilibrium beside a packed state in the hierarchy's
/// frame: ρ_0 = state, all other auxiliary operators zero.
REDFIELD_EXPORT RealMatrix uncorrelated(const Hierarchy& hierarchy, const RealMatrix& state);

/// Solves ẏ = 𝓛y from a vector of the hierarchy at times[0], telling ρ_0 at every time in the hierarchy's
/// frame, and the planes of tiers 0 and 1 to `lowest` where that is not empty; returns the last vector in
/// `last` where that is not null.
///
/// Method::chebyshev, which Method::automatic takes, or dopri5. Throws as evolve of a Generator does.
REDFIELD_EXPORT EvolveStats evolve(const Hierarchy& hierarchy, const RealMatrix& start,
                                   const std::vector<double>& times, const EvolveOptions& options,
                                   const Observer<StateView>& observe, RealMatrix* last = nullptr,
                                   const Observer<RealMatrix>& lowest = {});

}  // namespace redfield::hierarchy
