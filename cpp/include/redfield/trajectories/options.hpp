#pragma once

#include <cstdint>
#include <vector>

#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/types.hpp"

namespace redfield::trajectories {

/// A quantum jump: when, and by which operator.
struct Jump {
    double time;
    std::int64_t channel;
};

/// Kets a trajectory starts from, columns, each with its probability; the sum of these is 1.
struct Start {
    ComplexMatrix kets;
    RealVector probabilities;
};

struct Options {
    double rtol = 1e-6;                     ///< of a ket over the whole time, in norm
    Precision precision = Precision::full;  ///< single for rtol ≥ 1e-4
    int threads = 0;                        ///< 0 chooses
    std::uint64_t seed = 0;
    std::int64_t first = 0;  ///< number of the first trajectory: number i depends on the seed and i alone
    Monitor monitor;
};

/// Where trajectories are written, each of them for itself; all but the expectations may be null.
struct Record {
    Complex* expectations = nullptr;     ///< (S, E, T), of normalised kets
    Complex* kets = nullptr;             ///< (S, T, N), normalised
    double* weights = nullptr;           ///< (S, T), of diffusion: what a trajectory counts, 1 on average
    std::vector<Jump>* jumps = nullptr;  ///< S of them
};

}  // namespace redfield::trajectories
