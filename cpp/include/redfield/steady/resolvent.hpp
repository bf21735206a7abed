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

}  // namespace redfield
