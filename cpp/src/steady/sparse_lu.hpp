#pragma once

#include <Eigen/SparseLU>

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// The inverse of  X ↦ 𝓛X + w tr(X) 1/N  by a sparse LU in the eigenbasis, for equations that are sparse
/// there; with a touch of damping, for combinations of coherences that nothing damps.
class SparseInverse {
  public:
    SparseInverse(const PackedMap& map, double trace_weight, double max_bytes);
    /// On packed states of the eigenbasis.
    void apply(const RealVector& x, RealVector& out) const;

  private:
    Index n_;
    Eigen::SparseLU<SparseMatrix> lu_;
};

}  // namespace redfield::steady
