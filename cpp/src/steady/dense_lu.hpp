#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::steady {

/// PA = LU of a dense matrix with partial pivoting, by blocks between which the watch is polled.
class DenseLu {
  public:
    explicit DenseLu(RealMatrix matrix);
    /// A⁻¹b; not finite where A is singular.
    RealVector solve(RealVector b) const;

  private:
    void factor_panel(Index first, Index width);

    RealMatrix lu_;
    std::vector<Index> swaps_;  ///< row i was exchanged with swaps_[i], i ascending
};

}  // namespace redfield::steady
