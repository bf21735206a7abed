#pragma once

#include <memory>
#include <vector>

#include "equation/eigen_couplings.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::generator {

/// The eigensystem U* of H*, between whose vectors transposed operators are.
Eigensystem conjugate(const Eigensystem& of);

/// The adjoint of  F + F†,  F = Σ_j Λ_jρB_j† − Kρ,  as a generator of transposed operators: the same form
/// with Λ_jᵀ, B_jᵀ and Kᵀ, applied by products. `terms` hold Λ_j and B_j and `decay` K in the eigenbasis.
std::shared_ptr<const Generator> adjoint_by_products(const Eigensystem& eigensystem,
                                                     const std::vector<equation::Term>& terms,
                                                     const ComplexMatrix& decay);

}  // namespace redfield::generator
