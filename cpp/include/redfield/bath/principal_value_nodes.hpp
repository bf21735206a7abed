#pragma once

#include "redfield/bath/bath.hpp"

namespace redfield {

/// A quadrature rule of the universal Lindblad equation's principal values among a few frequencies,
///   h(ω, ω') = Σ_q weight_q [√γ(ω'−x_q) √γ(ω−x_q) − √γ(ω'+x_q) √γ(ω+x_q)],
/// and of the derivatives of h in ω and in what γ depends on.
struct PrincipalValueNodes {
    RealVector x, weight;
};

/// The rule for all pairs of w, with every panel cut into `parts`. It throws as
/// equation::universal_lamb_shift, but does not test how accurate the rule is.
REDFIELD_EXPORT PrincipalValueNodes principal_value_nodes(const Bath& bath, const RealVector& w,
                                                          int parts);

}  // namespace redfield
