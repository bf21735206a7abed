#pragma once

#include <memory>
#include <vector>

#include "redfield/steady/steady_state.hpp"
#include "steady/preconditioners.hpp"
#include "steady/projection.hpp"

namespace redfield::steady {

/// A steady state in the frame of the map, or several.
struct Found {
    RealVector state;
    double error = 0.0;
    bool unique = true;
    SteadyMethod method = SteadyMethod::direct;
    std::vector<RealVector> several = {};
    std::shared_ptr<Inverse> inverse = {};  ///< that found it; null where that was the dense LU
};

/// By the dense LU or by GMRES with one of `Inverses`, as the options say or as is the quickest; every
/// route is judged by `judged`, and where that does not see a regular equation the null space is counted.
/// ConvergenceError, std::length_error.
Found solved(Bordered& system, const SteadyOptions& options);

/// (σ − 𝓛)x = y as what was found has been, by the dense LU or by GMRES with the same inverse.
std::function<ShiftedSolver(double sigma)> shifted(Bordered& system, const Found& found,
                                                   const SteadyOptions& options);

}  // namespace redfield::steady
