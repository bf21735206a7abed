#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// X with AX + XB† = C of upper triangular A and B in place of C, by blocks (Jonsson & Kågström,
/// doi:10.1145/592843.592845); a denominator below `smallest` counts as −smallest.
void solve_sylvester(const Eigen::Ref<const ComplexMatrix>& a, const Eigen::Ref<const ComplexMatrix>& b,
                     Eigen::Ref<ComplexMatrix> c, double smallest);

/// The inverse of  X ↦ GX + XG† − σX,  G = −iH − K: what 𝓛 does between jumps, which holds all of the
/// coherent part however strong a drive is. It preconditions where levels are broad against their
/// distances and 𝓛 is far from its secular part.
///
/// With the Schur form G = UTU†, made once, Y = U†XU obeys (T − σ/2)Y + Y(T − σ/2)† = U†CU for every σ.
class NoJumpInverse {
  public:
    /// G in the generator's frame.
    explicit NoJumpInverse(const ComplexMatrix& drift);
    /// This inverse with another σ, by the Schur form already made; `smallest` as of solve_sylvester.
    NoJumpInverse shifted(double shift, double smallest) const;
    /// On packed states in that frame.
    void apply(const RealVector& packed, RealVector& result) const;

  private:
    ComplexMatrix vectors_, triangle_;
    double smallest_ = 0.0;
};

}  // namespace redfield::steady
