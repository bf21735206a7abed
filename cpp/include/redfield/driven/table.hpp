#pragma once

#include <optional>
#include <vector>

#include "redfield/driven/piecewise_polynomial.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::driven {

/// 𝓛 of a few levels, tabulated: what depends on time through one control, as H₀ + u(t)H₁ does, needs few
/// generators however long it is driven, and a step no eigenbasis.
struct REDFIELD_EXPORT Table {
    /// The N²×N² matrices of 𝓛 on packed states of the given basis, column after column, against u.
    PiecewisePolynomial generator;
    /// u(t); without it u = t.
    std::optional<PiecewisePolynomial> control;
};

/// 𝓛 as such a matrix.
REDFIELD_EXPORT RealMatrix packed_in_given_basis(const Generator& generator, linalg::Workspace& ws);

/// Solves ρ̇ = 𝓛(t)ρ with the tabulated 𝓛 by Dormand–Prince 5(4), as driven::evolve does.
REDFIELD_EXPORT EvolveStats evolve(const Table& table, const std::vector<double>& breaks, double max_step,
                                   StateView rho0, const std::vector<double>& times,
                                   const IntegrationOptions& options, const Observer<StateView>& observe);

}  // namespace redfield::driven
