#pragma once

#include <memory>

#include "redfield/generator/generator.hpp"

namespace redfield {

/// The Heisenberg picture: 𝓛† of an equation, Ẋ = i[H, X] + 𝒟†X, as a generator of Y = Xᵀ.
///
/// Transposed, i[H, X] + Σ_j ( Λ_j†XB_j + B_j†XΛ_j ) − K†X − XK has the form of an equation of states,
/// −i[H*, Y] + Σ_j ( Λ_jᵀY(B_jᵀ)† + h.c. ) − KᵀY − Y(Kᵀ)†, in the eigenbasis U*. Equations that products
/// apply stay so; of others the dissipator is assembled, std::length_error where that needs more than
/// max_bytes.
REDFIELD_EXPORT std::shared_ptr<const Generator> adjoint(const Generator& generator,
                                                         double max_bytes = 1e300);

}  // namespace redfield
