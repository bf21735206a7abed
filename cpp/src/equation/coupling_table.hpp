#pragma once

#include <vector>

#include "redfield/system/system.hpp"

namespace redfield::equation {

/// The matrix elements of all couplings in the eigenbasis, grouped by bath, for sums over the couplings.
///
/// Operators: column k N + l of the planes holds (A_j)_kl for all j, so that one row k of every coupling
/// is one contiguous (couplings, N) block. Site projectors: the planes hold the columns v_j, O(N²), and
/// (A_j)_kl = v_jk v*_jl is formed where it is needed. Real couplings have no imaginary plane.
class REDFIELD_EXPORT CouplingTable {
  public:
    explicit CouplingTable(const System& system);

    std::size_t baths() const { return first_.size() - 1; }

    /// Σ_j (A_j)_kl (A_j)*_mn over the couplings of one bath.
    Complex gram(std::size_t bath, Index k, Index l, Index m, Index n) const;

    /// G(l, n) = Σ_j (A_j)_kl (A_j)*_mn for all l and n, by one product.
    void gram_block(std::size_t bath, Index k, Index m, ComplexMatrix& out) const;

    static double bytes(const System& system);

  private:
    struct Rows {
        RealMatrix re, im;
    };
    /// Row k of every coupling of one bath, (couplings, N).
    Rows rows_of(std::size_t bath, Index k) const;

    Index n_;
    bool projectors_;
    RealMatrix re_, im_;
    std::vector<Index> first_;
};

}  // namespace redfield::equation
