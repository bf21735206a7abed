#pragma once

#include <array>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "redfield/base/monitor.hpp"
#include "redfield/base/types.hpp"
#include "redfield/system/state.hpp"

namespace redfield {

/// Receives the state at times[i], for every i in order. A `StateView` is packed, in the frame it names;
/// a `RealMatrix` is packed, in the frame of the integrator; a `ComplexMatrix` is in the basis H was
/// given in.
template <class State>
using Observer = std::function<void(Index i, const State& state)>;

/// Tolerances and resources that every integrator takes.
struct IntegrationOptions {
    double rtol = 1e-6;  ///< relative to ‖ρ‖₁
    /// In trace norm. Rounding, and the trace's drift, are judged by rtol‖ρ‖₁ + atol or 1e-12 ‖ρ‖,
    /// whichever is larger: ConvergenceError where they pass it.
    double atol = 1e-9;
    int threads = 0;  ///< inside one product; 0 chooses
    /// Called with the fraction done (negative: unknown), outside parallel regions; false stops the work.
    Monitor monitor;
};

/// Integrators of an equation with a constant generator.
enum class Method {
    automatic,    ///< closed form if there is one, else exponential for small systems, else chebyshev
    chebyshev,    ///< Faber/Chebyshev expansion of e^{𝓛t}, error bounded over the whole interval
    dopri5,       ///< adaptive Dormand–Prince 5(4) in the interaction picture, error bounded per step
    exponential,  ///< dense e^{𝓛Δt} in the N² real coordinates of a Hermitian matrix
    closed_form,  ///< the generator's own propagator (Davies)
};

/// Names of the methods of one family, as callers write them and as EvolveStats reports them.
template <class Family, std::size_t count>
using MethodNames = std::array<std::pair<std::string_view, Family>, count>;

inline constexpr MethodNames<Method, 5> method_names{{{"auto", Method::automatic},
                                                      {"chebyshev", Method::chebyshev},
                                                      {"dopri5", Method::dopri5},
                                                      {"exponential", Method::exponential},
                                                      {"exact", Method::closed_form}}};

/// The name of a method in the table of its family.
template <class Family, std::size_t count>
constexpr std::string_view name_of(const MethodNames<Family, count>& names, Family method) {
    for (const auto& [name, value] : names)
        if (value == method) return name;
    return {};
}

/// Below it single precision is refused.
constexpr double least_rtol_of_single = 1e-4;

/// Options of an equation with a constant generator.
struct EvolveOptions : IntegrationOptions {
    Method method = Method::automatic;
    /// Precision of the arithmetic of "chebyshev"; a closed form or a dense exponential is computed in
    /// full precision. `single` for rtol ≥ 1e-4.
    Precision precision = Precision::full;
    /// Bytes that a dense exponential may take; std::length_error where it needs more.
    double max_bytes = 1e300;
};

/// Steps of an adaptive integrator.
struct StepCount {
    long steps = 0;
    long rejected = 0;  ///< steps repeated with a smaller step or wider spectral bounds
};

struct EvolveStats : StepCount {
    std::string_view method = method_names.front().first;  ///< the method's name; "auto": several methods
    Frame frame = Frame::given;                            ///< the basis it was solved in
    Precision precision = Precision::full;                 ///< of the arithmetic
    long applications = 0;                                 ///< of the generator
    double seconds = 0.0;
    /// Levels of each block of a state that was solved by blocks, without coherences between them.
    std::vector<Index> blocks = {};
};

}  // namespace redfield
