#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "redfield/driven/system.hpp"
#include "redfield/equation/pair_kernel.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::driven {

/// An equation that depends on time through one real number, H(u(t)), or on time itself, u = t.
///
/// Λ_j = ∫₀^∞ ds C_j(s) e^{−iHs}A_je^{iHs} looks no further back than its bath remembers, so that it
/// passes through an avoided crossing, however narrow, as smoothly as H does: polynomials in u tell it,
/// and few values of u need an eigenbasis, however long the evolution. A γ with narrow features is for
/// driven::evolve of a Drive: polynomials are compared with Λ_j in ten places of an interval, and where u
/// stays.
struct Controlled {
    System system;  ///< against u; its couplings are constant
    /// The equation of the system at one u.
    std::function<std::shared_ptr<const Generator>(const redfield::System&)> generator;
    /// The equation as Σ_j ([Λ_jρ, A_j†] + h.c.), a separable kernel with g = 1; empty where it is of
    /// another form, whose dissipators of six levels or fewer are told by polynomials as a whole: smooth
    /// ones, of no frequencies that count as equal.
    std::function<equation::PairEquation(const redfield::System&)> pair_equation = {};
    std::optional<PiecewisePolynomial>
        control;       ///< u(t), with which H is linear, H₀ + uH₁; without it u = t
    double low, high;  ///< the least and the largest u, low < high
    /// Times at which 𝓛 may jump or have a kink, ascending: no step goes over them.
    std::vector<double> breaks = {};
    double max_step = std::numeric_limits<double>::infinity();
    /// Bytes that polynomials on one interval of u may take; where they need more there are none.
    double max_bytes = 536870912.0;
};

/// Solves ρ̇ = 𝓛(u(t))ρ by Dormand–Prince 5(4), as driven::evolve of a Drive does. Polynomials miss at
/// most a tenth of rtol + atol of Λ_j, as long as that is between 1e-11 and 1e-6; where 𝓛 is not smooth,
/// each stage has an eigenbasis. std::invalid_argument where the system does not depend on u in this way.
REDFIELD_EXPORT EvolveStats evolve(const Controlled& equation, StateView rho0,
                                   const std::vector<double>& times, const IntegrationOptions& options,
                                   const Observer<StateView>& observe);

/// 𝓛 as a real N²×N² matrix on packed states of the basis H was given in, stacked by columns.
REDFIELD_EXPORT RealMatrix packed_in_given_basis(const Generator& generator, linalg::Workspace& ws);

}  // namespace redfield::driven
