#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield {

/// ρ(t) at every time, in the basis H was given in.
struct Evolution {
    std::vector<double> times;
    std::vector<ComplexMatrix> states;
    EvolveStats stats;
};

/// tr[O ρ(t)] of every observable at every time, and the last state in the given basis.
struct Expectations {
    std::vector<double> times;
    ComplexMatrix values;  ///< (observables, times)
    ComplexMatrix final_state;
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
                                   const Observer<StateView>& observe);

/// Solves ρ̇ = 𝓛ρ in the basis H was given in and returns all states. rho0 is a density matrix, of which
/// the Hermitian part is taken, or a ket (N, 1).
REDFIELD_EXPORT Evolution evolve(const Generator& generator, const ComplexMatrix& rho0,
                                 const std::vector<double>& times, const EvolveOptions& options = {});

/// Solves ρ̇ = 𝓛ρ and observes one state after the other: O(N²) memory however many times there are.
REDFIELD_EXPORT EvolveStats evolve(const Generator& generator, const ComplexMatrix& rho0,
                                   const std::vector<double>& times, const EvolveOptions& options,
                                   const Observer<ComplexMatrix>& observe);

/// Solves ρ̇ = 𝓛ρ and returns the expectation values of observables in the given basis, dense or sparse;
/// no state but the last is rotated.
REDFIELD_EXPORT Expectations expectations(const Generator& generator, const ComplexMatrix& rho0,
                                          const std::vector<double>& times, const Operators& observables,
                                          const EvolveOptions& options = {});

}  // namespace redfield
