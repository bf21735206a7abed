#pragma once

#include <vector>

#include "redfield/gradient/evolution.hpp"
#include "redfield/hierarchy/hierarchy.hpp"
#include "redfield/steady/steady_state.hpp"

namespace redfield::hierarchy {

/// The derivative of a real function F of a hierarchy whose couplings are apart. A complex Ā of it means
/// dF = Re Σ Ā* dA.
struct HierarchyGradient {
    ComplexMatrix hamiltonian;             ///< Hermitian, in the basis H was given in
    std::vector<ComplexMatrix> couplings;  ///< of each coupling, Hermitian, in the basis H was given in
    /// With respect to c_k, ν_k and d of each bath. Rates stay real, or conjugate to each other, with
    /// what they are; a coefficient that is exactly zero is not among the hierarchy's terms, and has
    /// zeros.
    std::vector<Exponentials> baths;
};

struct SteadyGradient {
    HierarchyGradient gradient;
    double residual;  ///< ‖𝓛†y − O + ⟨O⟩1‖/‖O − ⟨O⟩1‖, each tier in its own units
    long applications;  ///< of 𝓛†
};

/// d tr[Oρ_0] = −⟨y, (d𝓛)x⟩ of the only stationary vector x of a hierarchy, ⟨y, x⟩ = Σ_p tr(y_p x_p) over
/// planes, O Hermitian in the basis H was given in:
///
///     𝓛†y = O − ⟨O⟩1 in tier 0,   tr y_0 = 0,
///
/// by GMRES with the transposed inverse of the steady state's. Where `second_order` is not null
/// −tr[y_0 𝓛_R x_0] is added to it, what F is of Redfield's equation with x_0 and y_0 held.
/// ConvergenceError, Interrupted, std::invalid_argument where couplings are not apart,
/// std::length_error.
REDFIELD_EXPORT SteadyGradient steady_gradient(const Hierarchy& hierarchy, const RealMatrix& x,
                                               const ComplexMatrix& observable,
                                               const SteadyOptions& options = {},
                                               Sensitivity* second_order = nullptr);

struct PathGradient : EvolutionGradient {
    HierarchyGradient gradient;
};

/// dF of F = Σ_i tr[W_iρ_0(t_i)] as add_gradient has it of a Generator, from a state beside baths in
/// equilibrium, in the basis H was given in; `second_order` as of the steady state.
REDFIELD_EXPORT PathGradient evolution_gradient(const Hierarchy& hierarchy, const ComplexMatrix& rho0,
                                                const std::vector<double>& times,
                                                const std::vector<ComplexMatrix>& weights,
                                                const EvolutionGradientOptions& options = {},
                                                Sensitivity* second_order = nullptr);

}  // namespace redfield::hierarchy
