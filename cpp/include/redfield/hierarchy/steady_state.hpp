#pragma once

#include "redfield/hierarchy/hierarchy.hpp"
#include "redfield/steady/steady_state.hpp"

namespace redfield::hierarchy {

struct SteadySolution {
    RealMatrix vector;    ///< of the hierarchy, ρ_0 of trace 1
    ComplexMatrix state;  ///< ρ_0 in the basis H was given in
    double residual;      ///< ‖𝓛y‖_F
    /// ‖ρ_0 − exact of this depth‖₁, estimated from the residual and rounding.
    double error;
    long applications;  ///< of the hierarchy
    bool unique;        ///< whether it is the only one
};

/// The stationary vector of a hierarchy, 𝓛y = 0 and tr ρ_0 = 1, by GMRES preconditioned with the inverse
/// of Redfield's equation; that it is the only one is shown by solving for random right-hand sides.
/// Throws MultipleSteadyStates where H and all couplings commute with more than the identity,
/// ConvergenceError, Interrupted, std::length_error where a Krylov space needs more than max_bytes.
REDFIELD_EXPORT SteadySolution steady_state(const Hierarchy& hierarchy,
                                            const SteadyOptions& options = {});

/// The stationary vector that rho0, a state in the basis H was given in beside baths in equilibrium,
/// leads to: 𝓛y = 0 and tr(C ρ_0) = tr(C rho0) of each C that commutes with H and all couplings. Of more
/// than 32 levels MultipleSteadyStates where there are several.
REDFIELD_EXPORT SteadySolution steady_state(const Hierarchy& hierarchy, const ComplexMatrix& rho0,
                                            const SteadyOptions& options = {});

}  // namespace redfield::hierarchy
