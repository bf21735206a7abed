#pragma once

#include <vector>

#include "redfield/ensemble/batch.hpp"
#include "redfield/hierarchy/exponentials.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// Some members of a batch as hierarchies of one depth. Members that differ in H alone share the indices
/// and what they are linked to.
struct Members {
    std::vector<std::size_t> which;
    /// The baths of each coupling, one set for all members of the batch or one each.
    std::vector<std::vector<Exponentials>> exponentials;
    bool same_couplings;  ///< of all members
    int depth;
    double max_bytes = 1e300;  ///< of one hierarchy
    double negligible = 0.0;
};

/// The sums of an evolution's statistics, and the largest hierarchy.
struct HierarchyStats : EvolveStats {
    Index planes = 0;
    double bytes = 0.0;
};

/// Solves the members from their states, or from the one state of all, density matrices or kets in the
/// given basis, beside baths in equilibrium, one a thread: as evolve_batch does for generators. `record`
/// and the errors are of `which`, the states those of all members of the batch.
REDFIELD_EXPORT MemberErrors evolve_batch(const SystemBatch& systems, const Members& members,
                                          const std::vector<ComplexMatrix>& rho0,
                                          const std::vector<double>& times, const EvolveOptions& options,
                                          const BatchRecord& record, HierarchyStats& totals);

/// The stationary state of each member, where rho0 is not empty the one that its state, or the one state
/// of all, leads to; record.direct is left alone.
REDFIELD_EXPORT MemberErrors steady_batch(const SystemBatch& systems, const Members& members,
                                          const SteadyOptions& options, const SteadyBatchRecord& record,
                                          const std::vector<ComplexMatrix>& rho0 = {});

}  // namespace redfield::hierarchy
