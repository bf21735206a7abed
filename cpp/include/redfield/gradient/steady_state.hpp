#pragma once

#include "redfield/generator/generator.hpp"
#include "redfield/gradient/sensitivity.hpp"
#include "redfield/steady/steady_state.hpp"

namespace redfield {

/// The solution of 𝓛†y = O − ⟨O⟩1 of trace zero.
struct AdjointState {
    ComplexMatrix y;  ///< Hermitian, in the basis H was given in
    double residual;  ///< ‖𝓛†y − O + ⟨O⟩1‖/‖O − ⟨O⟩1‖, each element in units of its own rate
    long applications;  ///< of 𝓛†
};

/// y, of the only steady state ρ of an equation and a Hermitian O, both in the basis H was given in: what
/// d𝓛 makes of the steady state is  d⟨O⟩ = −tr[y (d𝓛) ρ]. It is solved as the steady state is, with the
/// same inverses transposed. ConvergenceError, Interrupted, std::invalid_argument, std::length_error.
REDFIELD_EXPORT AdjointState adjoint_state(const Generator& generator, const ComplexMatrix& rho,
                                           const ComplexMatrix& observable,
                                           const SteadyOptions& options = {});

/// d tr[Oρ] of the steady state ρ by all that the equation is made of, added to a sensitivity of it.
REDFIELD_EXPORT AdjointState add_gradient(const Generator& generator, Sensitivity& sensitivity,
                                          const ComplexMatrix& rho, const ComplexMatrix& observable,
                                          const SteadyOptions& options = {});

}  // namespace redfield
