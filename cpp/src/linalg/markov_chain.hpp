#pragma once

#include <functional>
#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::linalg {

/// e^{Rt}p of a classical rate equation ṗ = Rp (R_kl ≥ 0 for k ≠ l, columns summing to zero).
///
/// With θ ≥ max|R_kk| the matrix R/θ + 1 is stochastic, and e^{Rt} = e^{−θt} Σ (θt)ⁿ/n! (R/θ + 1)ⁿ adds
/// non-negative terms only: nothing cancels, so every probability keeps its digits at any temperature.
/// (Symmetrising R with e^{−βE/2} overflows instead.) Long times square a stochastic matrix.
class MarkovChain {
  public:
    explicit MarkovChain(const RealMatrix& rates);

    /// e^{R dt} p; `proceed` is called between products. Steps that repeat have exactly one length
    /// (equal_steps).
    RealVector advance(
        const RealVector& p, double dt, const std::function<void(double)>& proceed = [](double) {});

  private:
    RealVector uniformized(RealVector p, double dt) const;
    const RealMatrix& transition(double dt, const std::function<void(double)>& proceed);

    double theta_;
    RealMatrix jump_;  // R/θ + 1
    double cached_dt_ = -1.0;
    RealMatrix cached_;  // e^{R cached_dt}
    int repeats_ = 0;
};

}  // namespace redfield::linalg
