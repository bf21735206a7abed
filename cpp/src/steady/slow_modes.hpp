#pragma once

#include <optional>

#include "steady/inverses.hpp"
#include "steady/modes.hpp"

namespace redfield::steady {

/// The k modes of 𝓛 nearest zero, or more, by the first good enough of the inverses that a choice allows;
/// nothing where there is no inverse, the ConvergenceError of the last one where all fail.
///
/// Arnoldi's method finds the largest eigenvalues θ of (𝓛 − σ)⁻¹, σ > 0, and with them the nearest
/// λ = σ + 1/θ. One Krylov space sees one copy of a degenerate eigenvalue: the search is repeated in the
/// orthogonal complement of the invariant space V that was found, with (1 − VVᵀ)(𝓛 − σ)⁻¹(1 − VVᵀ), until
/// nothing there is nearer to 0 than the k-th mode of Vᵀ𝓛V.
std::optional<Modes> slow_modes(PackedMap& map, Index k, InverseChoice choice, double tol,
                                double max_bytes);

/// The rate at which the elements that a mode holds decay, for each column of modes: rounding moves the
/// mode's eigenvalue by that times ε, however fast other levels decay.
RealVector own_rates(const PackedMap& map, const ComplexMatrix& modes);

}  // namespace redfield::steady
