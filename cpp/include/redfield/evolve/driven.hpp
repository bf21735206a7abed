#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

/// 𝓛(t): the generator that acts at time t. Each may have an eigenbasis of its own.
using GeneratorAt = std::function<std::shared_ptr<const Generator>(double t)>;

/// Solves ρ̇ = 𝓛(t)ρ by adaptive Dormand–Prince 5(4) in the basis H was given in, which rho0 must be in
/// and `observe` gets its states in. rtol and atol bound the error of each step; no step is longer than
/// `max_step`.
REDFIELD_EXPORT EvolveStats evolve_driven(const GeneratorAt& generator, StateView rho0,
                                          const std::vector<double>& times, const EvolveOptions& options,
                                          double max_step, const Observer& observe);

}  // namespace redfield
