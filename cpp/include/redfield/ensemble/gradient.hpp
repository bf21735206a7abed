#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "redfield/ensemble/batch.hpp"
#include "redfield/gradient/evolution.hpp"
#include "redfield/gradient/steady_state.hpp"

namespace redfield {

/// A function of one bath and its slope at the Bohr frequencies of each member, with B columns or one for
/// all, as BatchTable has them.
struct BatchSlopedTable {
    ComplexMatrix value, slope;
};

/// KernelTables of all members.
struct BatchKernelTables {
    std::vector<BatchSlopedTable> left, right, shift;
    double cutoff = std::numeric_limits<double>::infinity();
    double tolerance = -1.0;
};

/// Output buffers of the gradients of a batch, row-major; null pointers are passed over.
struct GradientBatchRecord {
    Complex* hamiltonians = nullptr;           ///< (B, N, N)
    Complex* commutators = nullptr;            ///< (B, N, N), Gradient::commutator
    Complex* couplings = nullptr;              ///< (B, K, N, N) of operators
    double* weights = nullptr;                 ///< (B, K) of site projectors
    std::vector<Complex*> left, right, shift;  ///< (B, M) of each bath's function at the frequencies
    double* values = nullptr;                  ///< (B), of evolutions
    double* residuals = nullptr;               ///< (B), of steady states
    Complex* rho0 = nullptr;                   ///< (B, N, N), of evolutions
    double* times = nullptr;                   ///< (B, T), of evolutions
    std::int64_t* applications = nullptr;      ///< (B)
};

/// The gradient of tr[Oρ] of each member's steady state; one observable or one a member.
REDFIELD_EXPORT MemberErrors steady_gradient_batch(const SystemBatch& systems, const Kind& kind,
                                                   const BatchKernelTables& tables,
                                                   const std::vector<ComplexMatrix>& states,
                                                   const std::vector<ComplexMatrix>& observables,
                                                   const SteadyOptions& options,
                                                   const GradientBatchRecord& record);

/// The gradient of Σ_i tr[W_iρ(t_i)] of each member's evolution, from one start or one a member; T
/// weights for all, or those of each member one after another.
REDFIELD_EXPORT MemberErrors evolution_gradient_batch(const SystemBatch& systems, const Kind& kind,
                                                      const BatchKernelTables& tables,
                                                      const std::vector<ComplexMatrix>& rho0,
                                                      const std::vector<double>& times,
                                                      const std::vector<ComplexMatrix>& weights,
                                                      const EvolutionGradientOptions& options,
                                                      const GradientBatchRecord& record);

}  // namespace redfield
