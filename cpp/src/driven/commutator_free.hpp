#pragma once

#include "evolve/methods.hpp"
#include "redfield/driven/evolve.hpp"

namespace redfield::driven {

/// Adaptive steps of ρ ↦ exp(½h𝓛₂) exp(½h𝓛₁) ρ, 𝓛₁ and 𝓛₂ of means of H at Gauss's two points, from
/// times.front() on, where 𝓛 is smooth; observes i ≥ 1. `span` is the whole evolution's.
void commutator_free(const Drive& drive, const RealMatrix& rho0, const std::vector<double>& times,
                     double span, const EvolveOptions& options, const integrators::Observe& observe,
                     EvolveStats& stats);

}  // namespace redfield::driven
