#pragma once

#include <functional>

#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/types.hpp"
#include "redfield/system/state.hpp"

namespace redfield {

enum class Method {
    automatic,    ///< closed form if there is one, else exponential for small systems, else chebyshev
    chebyshev,    ///< Faber/Chebyshev expansion of e^{𝓛t}, error bounded over the whole interval
    dopri5,       ///< adaptive Dormand–Prince 5(4) in the interaction picture, error bounded per step
    exponential,  ///< dense e^{𝓛Δt} in the N² real coordinates of a Hermitian matrix
    closed_form,  ///< the generator's own propagator (Davies)
    magnus,       ///< commutator-free exponentials of fourth order, where the equation depends on time
};

/// Below it single precision is refused.
constexpr double least_rtol_of_single = 1e-4;

struct EvolveOptions {
    Method method = Method::automatic;
    double rtol = 1e-6;  ///< relative to ‖ρ‖₁
    /// In trace norm. Rounding, and the trace's drift, are judged by rtol‖ρ‖₁ + atol or 1e-12 ‖ρ‖,
    /// whichever is larger: ConvergenceError where they pass it.
    double atol = 1e-9;
    int threads = 0;  ///< inside one product; 0 chooses
    /// Of the arithmetic of "chebyshev"; what has a closed form or is small enough for an exponential is
    /// computed in full precision. `single` for rtol ≥ 1e-4.
    Precision precision = Precision::full;
    /// What a dense exponential may take; std::length_error where it needs more.
    double max_bytes = 1e300;
    /// Called with the fraction done (negative: unknown), outside parallel regions; false stops the work.
    Monitor monitor;
};

struct EvolveStats {
    Method method = Method::automatic;
    Frame frame = Frame::given;             ///< the basis it was solved in
    Precision precision = Precision::full;  ///< of the arithmetic
    long applications = 0;                  ///< of the generator
    long steps = 0;
    long rejected = 0;  ///< steps repeated with a smaller step or wider spectral bounds
    double seconds = 0.0;
};

/// Receives the state at times[i], in the frame the equation was solved in.
using Observer = std::function<void(Index i, StateView rho)>;

}  // namespace redfield
