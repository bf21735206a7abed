#pragma once

#include <functional>

#include "steady/judgement.hpp"

namespace redfield::steady {

/// The solver of (σ − 𝓛)x = y in units of each element's own rate, for one σ > 0 and many y.
using ShiftedSolver = std::function<Solution(const RealVector& y)>;

/// A state that does not change, and an estimate of its error in trace norm.
struct Projected {
    RealVector state;
    double error;
};

/// The part of x in 𝓛's null space, of which the columns of `basis` are an orthonormal basis, along the
/// other modes: σ(σ − 𝓛)⁻¹ keeps it and divides what decays at the rate λ by 1 + λ/σ, so that repeating
/// it with σ that fall to 0 leaves it alone. ConvergenceError where something decays too slowly to be
/// told from it.
Projected projected(Bordered& system, const std::function<ShiftedSolver(double sigma)>& shifted,
                    const RealMatrix& basis, RealVector x);

}  // namespace redfield::steady
