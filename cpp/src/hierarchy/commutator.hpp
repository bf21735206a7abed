#pragma once

#include "hierarchy/action.hpp"

namespace redfield::hierarchy {

/// −i[V, ·] of a Hermitian V, in the basis of the planes.
class Commutator {
  public:
    explicit Commutator(const ComplexMatrix& v);
    /// out += −i[V, ρ_n] of `planes` packed planes, (N, N · planes).
    void add(Index planes, const double* y, double* out, int threads) const;

  private:
    template <class Size>
    void add_products(Size size, Index planes, const double* y, double* out) const;

    Index n_;
    Action<double> action_;
    RealMatrix re_, im_;      ///< of a dense V of few levels; `im_` empty where V is real
    RealMatrix differences_;  ///< v_l − v_k of a diagonal V
};

}  // namespace redfield::hierarchy
