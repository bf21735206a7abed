#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

/// ρ(t) at every time, in the basis H was given in.
struct Evolution {
    std::vector<double> times;
    std::vector<ComplexMatrix> states;
    EvolveStats stats;
};

/// Solves ρ̇ = 𝓛ρ from rho0 at times[0], calling observe(i, ρ(times[i])) with states in the
/// generator's frame.
///
/// Throws std::invalid_argument (times empty, not finite, negative or descending; rho0 not of the
/// system's dimension or not finite; a tolerance below zero; no closed form), ConvergenceError,
/// Interrupted.
REDFIELD_EXPORT EvolveStats evolve(const Generator& generator, StateView rho0,
                                   const std::vector<double>& times, const EvolveOptions& options,
                                   const Observer& observe);

/// The same for a density matrix in the given basis; only its Hermitian part is a state.
REDFIELD_EXPORT Evolution evolve(const Generator& generator, const ComplexMatrix& rho0,
                                 const std::vector<double>& times, const EvolveOptions& options = {});

}  // namespace redfield
