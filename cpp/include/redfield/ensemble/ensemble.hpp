#pragma once

#include <exception>
#include <vector>

#include "redfield/evolve/evolve.hpp"

namespace redfield {

/// One system of an ensemble; `observe` is called from the thread that solves it.
struct EnsembleMember {
    const Generator* generator;
    ComplexMatrix rho0;  ///< a density matrix or a ket (N, 1), in the given basis
    Observer<StateView> observe;
};

/// Statistics and errors of an ensemble; a member with an error has no solution.
struct EnsembleOutcome {
    std::vector<EvolveStats> stats;
    std::vector<std::exception_ptr> errors;
};

/// Solves many independent systems, one a thread. The result of each does not depend on the number of
/// threads. options.monitor is called on the calling thread, with the fraction of members done.
///
/// A member that fails is reported in the outcome and does not end the others. Throws Interrupted.
REDFIELD_EXPORT EnsembleOutcome evolve_ensemble(const std::vector<EnsembleMember>& members,
                                                const std::vector<double>& times,
                                                const EvolveOptions& options);

}  // namespace redfield
