#pragma once

#include <memory>

#include "hierarchy/few_levels.hpp"

namespace redfield::hierarchy {

/// TierInverse of few levels, whose planes are turned and divided in machine vectors.
class FewTiers {
  public:
    virtual ~FewTiers() = default;
    /// r ← (D_n − σ)⁻¹ r of members first … last − 1 of a vector.
    virtual void apply(const IndexSet& set, Index first, Index last, double* r, double shift) const = 0;

    /// `vectors` is a real U where vectors are in the given basis, empty in the eigenbasis.
    static std::shared_ptr<const FewTiers> make(const RealVector& energies, const RealMatrix& vectors);
};

}  // namespace redfield::hierarchy
