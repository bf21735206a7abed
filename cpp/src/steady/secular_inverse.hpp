#pragma once

#include <Eigen/LU>
#include <vector>

#include "redfield/equation/pair_kernel.hpp"

namespace redfield::steady {

/// The inverse of  X ↦ 𝓛_sX − σX + w tr(X) 1/N  for the secular part 𝓛_s of an equation, the elements of
/// 𝓛 between equal Bohr frequencies: what preconditions it. A coherence whose frequency is its own is
/// divided by its bracket; the populations, and the elements that share a frequency, are solved by LU.
class SecularInverse {
  public:
    /// σ should exceed 0, since populations that no rate joins have no inverse without it.
    SecularInverse(const equation::PairEquation& equation, double shift, double trace_weight,
                   double max_bytes);

    /// On packed states of the eigenbasis.
    void apply(const RealVector& x, RealVector& out) const;

  private:
    /// Elements k + N l of one frequency, and the LU of 𝓛_s between them.
    struct Cluster {
        std::vector<std::int32_t> elements;
        Eigen::PartialPivLU<ComplexMatrix> lu;
    };
    void set_clusters(const equation::PairEquation& equation, double shift, double trace_weight,
                      double max_bytes);

    Index n_;
    RealMatrix re_, im_;  ///< of the inverse brackets; elements of clusters are overwritten
    Eigen::PartialPivLU<RealMatrix> populations_;  ///< where no frequency is shared
    std::vector<Cluster> clusters_;
};

}  // namespace redfield::steady
