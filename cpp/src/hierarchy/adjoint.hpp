#pragma once

#include "hierarchy/flow.hpp"
#include "hierarchy/inverse.hpp"
#include "hierarchy/tier_inverse.hpp"

namespace redfield::hierarchy {

/// The transposed RedfieldInverse: nearly the inverse of  y ↦ 𝓛†y + w tr(y_0) 1/N,
///
///     y_n = (D_n†)⁻¹ (r_n − D† y_{n+1}),   downwards to tier 1,
///     y_0 = (𝓛_R† + w tr 1/N)⁻¹ (r_0 − D† y_1),   y_1 ← y_1 − (D_1†)⁻¹ U† y_0.
class AdjointInverse {
  public:
    /// `flow` is the hierarchy's adjoint, `redfield` that of its Redfield equation, of transposed
    /// operators.
    AdjointInverse(const Hierarchy& hierarchy, const Flow<double>& flow, steady::PackedMap& redfield,
                   double weight, int threads);
    void operator()(const RealVector& r, RealVector& y) const;

  private:
    void solve_state(RealVector& y) const;

    const Hierarchy& hierarchy_;
    const Flow<double>& flow_;
    TierInverse tiers_;
    StateInverse state_inverse_;
    int threads_;
};

}  // namespace redfield::hierarchy
