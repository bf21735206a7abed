#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "redfield/driven/resolution.hpp"
#include "redfield/driven/time_operator.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::driven {

/// 𝓛 at a moment. Each may have an eigenbasis of its own.
using GeneratorAt = std::function<std::shared_ptr<const Generator>(const Moment& moment)>;

/// Integrators of an equation with a generator that depends on time.
enum class Method {
    automatic,  ///< dopri5
    dopri5,     ///< adaptive Dormand–Prince 5(4); rtol and atol bound the error of each step
    magnus,  ///< commutator-free exponentials of fourth order; rtol and atol bound the sum of the errors
};

inline constexpr MethodNames<Method, 3> method_names{
    {{"auto", Method::automatic}, {"dopri5", Method::dopri5}, {"magnus", Method::magnus}}};

struct Options : IntegrationOptions {
    Method method = Method::automatic;
    /// Bytes that a dense exponential of magnus may take; std::length_error where it needs more.
    double max_bytes = 1e300;
};

struct Drive {
    GeneratorAt generator;
    /// Times at which 𝓛 may jump or have a kink, ascending: no step goes over them.
    std::vector<double> breaks = {};
    double max_step = std::numeric_limits<double>::infinity();
    /// Whether `generator` knows the means that method magnus asks for.
    bool has_means = true;
    /// Bound on steps where 𝓛 changes, from `driven::System::resolution`. Without it a step may pass over
    /// a pulse whose ends its stages do not meet.
    Resolution resolution = {};
};

/// Solves ρ̇ = 𝓛(t)ρ in the basis H is given in, which rho0 must be in and `observe` gets its states in.
///
/// Method dopri5, which "auto" takes: adaptive Dormand–Prince 5(4); rtol and atol bound the error of each
/// step. Method magnus: exponentials of 𝓛 of two means of H, of fourth order in the change of H (Blanes &
/// Moan 2006, doi:10.1016/j.apnum.2005.11.004) and of second in that of the dissipator, by step doubling;
/// the estimated errors of all steps add up to rtol‖ρ‖ + atol. Outputs cost steps of neither.
///
/// Throws what redfield::evolve throws.
REDFIELD_EXPORT EvolveStats evolve(const Drive& drive, StateView rho0, const std::vector<double>& times,
                                   const Options& options, const Observer<StateView>& observe);

}  // namespace redfield::driven
