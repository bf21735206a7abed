#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

struct DistanceResult {
    std::vector<double> distance;  ///< ‖ρ_a(t) − ρ_b(t)‖₁ at every time
    EvolveStats a, b;
};

/// The trace norm of the difference of two solutions with one Hamiltonian and one initial state, a
/// density matrix or a ket in the given basis. Only the packed states of `a` are stored.
REDFIELD_EXPORT DistanceResult trace_norm_distance(const Generator& a, const Generator& b,
                                                   const ComplexMatrix& rho0,
                                                   const std::vector<double>& times,
                                                   const EvolveOptions& options);

}  // namespace redfield
