#pragma once

#include <limits>
#include <vector>

#include "redfield/driven/resolution.hpp"
#include "redfield/driven/time_operator.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::driven {

/// Lindblad's equation with operators that depend on time, ρ̇ = −i[H(t), ρ] + Σ_j (L_jρL_j† −
/// ½{L_j†L_j, ρ}): it needs no eigenbasis of H(t).
struct LindbladDrive {
    TimeOperator hamiltonian;
    std::vector<TimeOperator> jumps;
    /// Times at which an operator may jump or have a kink, ascending: no step goes over them.
    std::vector<double> breaks = {};
    double max_step = std::numeric_limits<double>::infinity();
};

/// Solves it by Dormand–Prince 5(4) in the basis H is given in, as driven::evolve does.
/// std::invalid_argument where H(t) is not Hermitian, too.
REDFIELD_EXPORT EvolveStats evolve(const LindbladDrive& drive, StateView rho0,
                                   const std::vector<double>& times, const IntegrationOptions& options,
                                   const Observer<StateView>& observe);

}  // namespace redfield::driven
