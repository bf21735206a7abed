#pragma once

#include <cstdint>
#include <vector>

#include "redfield/base/monitor.hpp"
#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"
#include "redfield/system/couplings.hpp"

namespace redfield::trajectories {

/// A quantum jump: when, and by which operator.
struct Jump {
    double time;
    std::int64_t channel;
};

/// Kets of norm 1 that a trajectory starts from, columns, each with its probability; the sum of these
/// is 1.
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

/// Output buffers of trajectories, each of them for itself; each may be null, expectations only where
/// there are no observables.
struct Record {
    Complex* expectations = nullptr;     ///< (S, E, T), of normalised kets
    Complex* kets = nullptr;             ///< (S, T, N), normalised
    double* weights = nullptr;           ///< (S, T), of diffusion: statistical weights, 1 on average
    std::vector<Jump>* jumps = nullptr;  ///< S of them
};

/// A rectangle of the complex plane that holds ⟨ψ|O|ψ⟩ of every ket of norm 1.
struct NumericalRange {
    Complex least, most;
};

/// The rectangle that the spectra of (O + O†)/2 and (O − O†)/2i span, by Lanczos' method at most a few
/// percent too wide. std::invalid_argument where O is empty, not square or not finite.
REDFIELD_EXPORT NumericalRange numerical_range(const Operator& o);

}  // namespace redfield::trajectories
