#pragma once

#include <optional>

#include "redfield/steady/steady_state.hpp"
#include "steady/inverses.hpp"
#include "steady/projection.hpp"

namespace redfield::steady {

/// A steady state in the frame of the map, or a basis of several.
struct SteadySolution {
    RealVector state;
    double error = 0.0;
    bool unique = true;
    SteadyMethod method = SteadyMethod::direct;
    RealMatrix several = {};              ///< orthonormal columns; empty where there is one state
    std::optional<Inverse> inverse = {};  ///< the one that GMRES took; empty for the dense LU
};

/// 𝓛ρ = 0 by the dense LU or by GMRES with one of `Inverses`, as the options say or as is the quickest;
/// every route is judged by `judged`, and where that does not see a regular equation the null space is
/// counted. ConvergenceError, std::length_error.
SteadySolution solve(Bordered& system, const SteadyOptions& options);

/// The solver of (σ − 𝓛)x = y that found a solution: the dense LU, or GMRES with the same inverse.
std::function<ShiftedSolver(double sigma)> shifted_solver(Bordered& system,
                                                          const SteadySolution& solution,
                                                          const SteadyOptions& options);

}  // namespace redfield::steady
