#pragma once

#include <atomic>
#include <vector>

#include "redfield/evolve/evolve.hpp"

namespace redfield {

/// One system of an ensemble; `observe` is called from the thread that solves it.
struct EnsembleMember {
    const Generator* generator;
    ComplexMatrix rho0;  ///< in the given basis
    Observer observe;
};

/// Solves many independent systems, one a thread. The result of each does not depend on the number of
/// threads. `stop` is read by all of them; `finished` counts those done. options.monitor is not used.
///
/// The first error of any member is thrown after all threads have ended.
REDFIELD_EXPORT std::vector<EvolveStats> evolve_ensemble(const std::vector<EnsembleMember>& members,
                                                         const std::vector<double>& times,
                                                         const EvolveOptions& options,
                                                         const std::atomic<bool>* stop = nullptr,
                                                         std::atomic<long>* finished = nullptr);

}  // namespace redfield
