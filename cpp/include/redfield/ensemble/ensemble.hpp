#pragma once

#include <atomic>
#include <exception>
#include <vector>

#include "redfield/evolve/evolve.hpp"

namespace redfield {

/// One system of an ensemble; `observe` is called from the thread that solves it.
struct EnsembleMember {
    const Generator* generator;
    ComplexMatrix rho0;  ///< in the given basis
    Observer observe;
};

/// How an ensemble went; where errors[i] is set, member i has no solution.
struct EnsembleOutcome {
    std::vector<EvolveStats> stats;
    std::vector<std::exception_ptr> errors;
};

/// Solves many independent systems, one a thread. The result of each does not depend on the number of
/// threads. `stop` is read by all of them; `finished` counts those done. options.monitor is not used.
///
/// A member that fails is reported in the outcome and does not end the others. Throws Interrupted where
/// `stop` was set.
REDFIELD_EXPORT EnsembleOutcome evolve_ensemble(const std::vector<EnsembleMember>& members,
                                                const std::vector<double>& times,
                                                const EvolveOptions& options,
                                                const std::atomic<bool>* stop = nullptr,
                                                std::atomic<long>* finished = nullptr);

}  // namespace redfield
