#pragma once

#include "redfield/base/monitor.hpp"

namespace redfield {

/// Resources of a solver of equations in 𝓛: steady states, spectrum and resolvent.
struct SolverOptions {
    int threads = 0;           ///< inside one product; 0 chooses
    double max_bytes = 1e300;  ///< std::length_error where a matrix or a Krylov space needs more
    Monitor monitor;
};

}  // namespace redfield
