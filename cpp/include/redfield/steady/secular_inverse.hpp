#pragma once

#include <Eigen/LU>

#include "redfield/generator/davies.hpp"

namespace redfield {

/// The exact inverse of  X ↦ 𝓛_D X − σX + w tr(X) 1/N  for Davies' generator 𝓛_D of a spectrum without
/// degenerate Bohr frequencies: each coherence is divided by its own bracket, the populations are solved
/// with the LU of R − σ + w 11ᵀ/N. Elsewhere the coupling between coherences of one frequency is left
/// out; it remains a preconditioner.
class REDFIELD_EXPORT SecularInverse {
  public:
    SecularInverse(const Davies& davies, double shift, double trace_weight);

    Index dimension() const { return energies_.size(); }
    /// On packed states of the eigenbasis.
    void apply(const ConstRef& x, MutableRef out) const;

  private:
    RealVector energies_;
    RealMatrix re_, im_;  ///< 1/(κ − iω − σ)
    Eigen::PartialPivLU<RealMatrix> populations_;
};

}  // namespace redfield
