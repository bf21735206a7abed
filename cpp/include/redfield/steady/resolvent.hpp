#pragma once

#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/steady/options.hpp"

namespace redfield {

struct ResolventOptions : SolverOptions {
    double tol = 1e-10;  ///< on ‖y − (z − 𝓛)x‖_F/‖y‖_F
};

struct ResolventTrace {
    std::vector<Complex> values;
    double residual;  ///< the largest ‖y − (z − 𝓛)x‖_F/‖y‖_F
    long applications;
};

/// tr[a (z − 𝓛)⁻¹ y] at many z, a and y in the basis H was given in, tr y = 0, so that z = 0 is no pole
/// of it where the steady state is the only one.
///
/// GMRES, preconditioned with the inverse of the secular part, from the best start in the space of the
/// solutions before; the z come in an order in which each lies between others, so that most are nearly in
/// that space. Throws ConvergenceError, Interrupted, std::invalid_argument, std::length_error.
REDFIELD_EXPORT ResolventTrace resolvent_trace(const Generator& generator, const ComplexMatrix& a,
                                               const ComplexMatrix& y, const std::vector<Complex>& z,
                                               const ResolventOptions& options = {});

struct ResolventStates {
    std::vector<ComplexMatrix> x;  ///< one for each z, in the basis H was given in
    double residual;               ///< the largest, as of ResolventTrace
    long applications;
};

/// x = (z − 𝓛)⁻¹ y, tr y = 0, at many z; of the adjoint x = (z − 𝓛†)⁻¹ y of any y, up to a multiple of 1,
/// so that tr[a (z − 𝓛)⁻¹ y] = tr[x y] of the adjoint's x of a. Solved and refused as resolvent_trace.
REDFIELD_EXPORT ResolventStates resolvent(const Generator& generator, const ComplexMatrix& y,
                                          const std::vector<Complex>& z, bool adjoint,
                                          const ResolventOptions& options = {});

}  // namespace redfield
