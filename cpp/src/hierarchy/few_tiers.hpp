#pragma once

#include <memory>

#include "hierarchy/few_levels.hpp"

namespace redfield::hierarchy {

/// TierInverse of few levels, whose planes are turned and divided in machine vectors.
class FewTiers {
  public:
    virtual ~FewTiers() = default;
    /// r ← (D_n − σ)⁻¹ r of one operator, `decay` of it less σ, whose planes begin at r: one of a
    /// Hermitian operator. Beyond the `last` planes of r nothing is read.
    virtual void divide(Complex decay, bool hermitian, bool last, double* r) const = 0;

    /// `vectors` is a real U where vectors are in the given basis, empty in the eigenbasis.
    static std::shared_ptr<const FewTiers> make(const RealVector& energies, const RealMatrix& vectors);
};

}  // namespace redfield::hierarchy
