#pragma once

#include <memory>

#include "hierarchy/few_tiers.hpp"
#include "redfield/hierarchy/fermionic.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// The diagonal part of each tier, D_n = −i[H, ·] − Σ_k n_k ν_k, inverted element by element in the
/// eigenbasis.
template <class AnyHierarchy>
class BasicTierInverse {
  public:
    /// The adjoint is that of the hierarchy with −H and conjugate rates.
    explicit BasicTierInverse(const AnyHierarchy& hierarchy, bool adjoint = false);
    /// r ← (D_n − σ)⁻¹ r of members first … last − 1 of a vector.
    void apply(Index first, Index last, double* r, int threads, double shift = 0.0) const;
    /// r ← (D_n − z)⁻¹ r of complex combinations of vectors.
    void apply(Index first, Index last, Complex* r, int threads, Complex z) const;

  private:
    const AnyHierarchy& hierarchy_;
    RealVector energies_;
    RealMatrix vectors_;  ///< U where it is real and vectors are in the given basis
    bool adjoint_, given_, real_;
    std::shared_ptr<const FewTiers> few_;  ///< null beyond few levels, or of a complex U

    Complex decay_of(Index member) const;
    /// A plane from the given basis to the eigenbasis or back.
    void turn(Eigen::Map<RealMatrix> plane, bool back, RealMatrix& scratch) const;
    void turn(Eigen::Map<ComplexMatrix> plane, bool back, RealMatrix& scratch) const;
};
using TierInverse = BasicTierInverse<Hierarchy>;

}  // namespace redfield::hierarchy
