#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "hierarchy/flow.hpp"
#include "hierarchy/index_set.hpp"
#include "hierarchy/tier_inverse.hpp"
#include "redfield/hierarchy/hierarchy.hpp"
#include "steady/packed_map.hpp"

namespace redfield::hierarchy {

/// Redfield's equation of a hierarchy: that of its baths' exponentials, Γ_j(ω) = Σ_k c_k/(ν_k − iω).
std::unique_ptr<const Generator> redfield_of(const Hierarchy& hierarchy);

/// Levels up to which Redfield's generator is inverted as a dense matrix; beyond, its secular part is.
constexpr Index dense_levels = 32;

/// Adds w tr(·) 1/N to a map of packed states.
void add_trace(RealMatrix& matrix, double weight);

/// Nearly (𝓛_R − σ + w tr 1/N)⁻¹ on packed states of the eigenbasis: of few levels the LU of the matrix,
/// of many the inverse of the secular part. Of few levels w Σ_i C_i tr(C_i ·) may take the trace's place,
/// C_i the columns of `conserved`.
using StateInverse = std::function<RealVector(const RealVector&)>;
StateInverse state_inverse(steady::PackedMap& redfield, double weight, double shift = 0.0,
                           const RealMatrix& conserved = {});

/// Nearly the inverse of  y ↦ 𝓛y − σy + w tr(ρ_0) 1/N,  by blocks. Between the state and tier 1 the Schur
/// complement is Redfield's generator 𝓛_R to lowest order, all other tiers are their diagonal:
///
///     y_0 = (𝓛_R − σ + w tr 1/N)⁻¹ (r_0 − U (D_1 − σ)⁻¹ r_1),
///     y_n = (D_n − σ)⁻¹ (r_n − D y_{n−1}),   tier by tier.
///
/// `conserved` as of `state_inverse`.
class RedfieldInverse {
  public:
    RedfieldInverse(const Hierarchy& hierarchy, steady::PackedMap& redfield, double weight, int threads,
                    double shift = 0.0, const RealMatrix& conserved = {});
    void operator()(const RealVector& r, RealVector& y) const;

  private:
    const Hierarchy& hierarchy_;
    TierInverse tiers_;
    StateInverse state_inverse_;
    int threads_;
    double shift_;
};

/// The unit of each number's equation: tier n's in units of g^{−n}, g = s/ν at most 1, which is how
/// weakly they move the state.
RealVector tier_units(const Hierarchy& hierarchy);

}  // namespace redfield::hierarchy
