#pragma once

#include <optional>
#include <vector>

#include "hierarchy/action.hpp"

namespace redfield::hierarchy {

/// −i[V, ·] of a Hermitian V = R + iI in the basis of the planes, of a packed plane P
///
///     [Pᵀ, R] + [I, P].
class Commutator {
  public:
    explicit Commutator(const ComplexMatrix& v);
    /// out += −i[V, ρ_n] of `planes` packed planes, (N, N · planes).
    void add(Index planes, const double* y, double* out, int threads) const;

  private:
    struct Entry {
        Index row, column;
        double re, im;
    };
    template <class Size>
    void add_products(Size size, Index planes, const double* y, double* out) const;
    template <class Size>
    void add_entries(Size size, Index planes, const double* y, double* out) const;

    Index n_;
    RealMatrix differences_;                ///< v_l − v_k of a diagonal V
    std::vector<Entry> entries_;            ///< of a sparse V
    RealMatrix re_, im_;                    ///< R and I of a dense V of few levels
    std::optional<Action<double>> action_;  ///< a dense V of more
};

}  // namespace redfield::hierarchy
