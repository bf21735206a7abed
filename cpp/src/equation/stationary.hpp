#pragma once

#include "redfield/base/types.hpp"

namespace redfield::equation {

/// The late states of a classical rate equation ṗ = Rp.
struct Stationary {
    /// (N, C), the one stationary distribution of each of the C closed classes of levels.
    RealMatrix distributions;
    /// (C, N), the probability that a start in level l ends in class c.
    RealMatrix absorption;
};

/// By the elimination of Grassmann, Taksar & Heyman (doi:10.1287/opre.33.5.1107), which adds, multiplies
/// and divides positive numbers only: every probability keeps its digits, whatever the range of the
/// rates. Only the elements R_kl ≥ 0 with k ≠ l are read; a rate of exactly 0 joins nothing.
Stationary stationary(const RealMatrix& rates);

}  // namespace redfield::equation
