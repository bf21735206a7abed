#pragma once

#include <limits>
#include <vector>

#include "redfield/driven/time_operator.hpp"
#include "redfield/hierarchy/evolve.hpp"

namespace redfield::hierarchy {

/// The operators of a hierarchy that depend on time, in the basis its H was given in.
struct Drive {
    driven::TimeOperator hamiltonian;  ///< H(t), in the place of the hierarchy's H
    /// A_j(t) of each coupling of a hierarchy that keeps equal ones apart; empty where they do not
    /// change. What a bath emits at t and what returns to the system at t both go through A_j(t): U_k and
    /// D_k are of the same moment, and the auxiliary operators remember with which coupling they were
    /// made.
    std::vector<driven::TimeOperator> couplings;
    /// Times at which an operator may jump or have a kink, ascending: no step goes over them.
    std::vector<double> breaks = {};
    double max_step = std::numeric_limits<double>::infinity();
};

/// Solves ẏ = 𝓛(t)y from a vector of the hierarchy at times[0]; the other arguments are those of the
/// evolution of a constant one.
///
/// Adaptive Dormand–Prince 5(4): rtol and atol bound the error of each step, and steps resolve H(t) and
/// A_j(t) as driven::Resolution has it, so that none passes over a pulse. std::invalid_argument where an
/// operator does not fit or is not Hermitian, or a bath has a remainder and couplings change.
REDFIELD_EXPORT EvolveStats evolve(const Hierarchy& hierarchy, const Drive& drive,
                                   const RealMatrix& start, const std::vector<double>& times,
                                   const IntegrationOptions& options, const Observer<StateView>& observe,
                                   RealMatrix* last = nullptr, const Observer<RealMatrix>& lowest = {});

}  // namespace redfield::hierarchy
