#pragma once

#include <optional>

#include "hierarchy/inverse.hpp"
#include "linalg/lu.hpp"
#include "steady/secular_inverse.hpp"

namespace redfield::hierarchy {

/// (𝓛_R − z + w tr 1/N)⁻¹ for many z, as `state_inverse` has it for real ones, on complex combinations of
/// packed states.
class ResolventOfState {
  public:
    ResolventOfState(steady::PackedMap& redfield, double weight);
    /// The z of the following applications.
    void shift(Complex z);
    VectorOf<Complex> operator()(const VectorOf<Complex>& r) const;

  private:
    double weight_, touch_;
    Index n_;
    RealMatrix matrix_;
    std::optional<steady::SecularPart> part_;
    std::optional<Eigen::PartialPivLU<ComplexMatrix>> lu_;
    std::optional<steady::SecularInverse> secular_;
};

/// Nearly the inverse of  y ↦ 𝓛y − zy + w tr(ρ_0) 1/N  on complex combinations of vectors, by blocks as
/// RedfieldInverse.
class ComplexInverse {
  public:
    ComplexInverse(const Hierarchy& hierarchy, steady::PackedMap& redfield, double weight, int threads);
    void shift(Complex z);
    void operator()(const VectorOf<Complex>& r, VectorOf<Complex>& y) const;

  private:
    /// out += the couplings of members first … last − 1 to the tier above or below.
    void couplings(Index first, Index last, Tiers tiers, const VectorOf<Complex>& y,
                   VectorOf<Complex>& out) const;

    const Hierarchy& hierarchy_;
    TierInverse tiers_;
    ResolventOfState state_;
    int threads_;
    Complex z_ = 0.0;
};

}  // namespace redfield::hierarchy
