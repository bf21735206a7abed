#pragma once

#include "redfield/linalg/types.hpp"
#include "steady/packed_map.hpp"

namespace redfield::steady {

/// X with AX + XB† = C of upper triangular A and B in place of C, by blocks (Jonsson & Kågström 2002); a
/// denominator below `smallest` counts as −smallest.
void solve_sylvester(const Eigen::Ref<const ComplexMatrix>& a, const Eigen::Ref<const ComplexMatrix>& b,
                     Eigen::Ref<ComplexMatrix> c, double smallest);

/// The inverse of  X ↦ GX + XG† − σX,  G = −iH − K: what 𝓛 does between jumps, which holds all of the
/// coherent part however strong a drive is. It preconditions where levels are broad against their
/// distances and 𝓛 is far from its secular part.
class NoJumpInverse {
  public:
    /// By the Schur form of G in the generator's frame.
    NoJumpInverse(const ComplexMatrix& drift, double shift, double smallest);
    void apply(const RealVector& packed, RealVector& result) const;

  private:
    ComplexMatrix vectors_, triangle_;
    double smallest_;
};

}  // namespace redfield::steady
