#pragma once

#include <cstdint>
#include <vector>

#include "linalg/sparse_rows.hpp"

namespace redfield::linalg {

/// Y += MX on panels, M sparse and complex.
///
/// Rows R of M whose non-zeros are in the same columns C, at least four of each, are a dense block,
///     Y(r) += Σ_{c∈C} M_rc X(c),  r ∈ R,
/// four rows at a time: their sums stay in registers and a row of X is loaded once for all four. Blocks
/// of equal values, as all those of 1 ⊗ A ⊗ 1 are, share them: 1.4 to 1.5 times as fast as SparseRows,
/// which computes the same and does all other rows, where A is complex, 1.2 to 1.4 times where it is
/// real.
template <class Scalar>
class RowBlocks {
    using Planes = PanelPlanes<Scalar>;

  public:
    RowBlocks() = default;
    explicit RowBlocks(const SparseMatrix& m);

    /// Y += MX.
    void add_product(const Planes& x, const Planes& y) const;
    /// Y(r, l) += (of_lane_l − of_row_r) (MX)(r, l).
    void add_product(const Planes& x, const Planes& y, const Lanes<Scalar>& of_lane,
                     const Scalar* of_row) const;
    /// Y₊ += (MX)₊ alone.
    void add_plus(const Planes& x, Scalar* y_plus) const;

    /// Non-zeros in blocks, and values kept for them.
    std::size_t blocked() const;
    std::size_t stored() const { return values_.size(); }

  private:
    static constexpr Index height = 4;  // rows at a time

    /// A dense block; its parts begin there in index_ and values_.
    struct Block {
        std::size_t rows = 0;
        Index row_count = 0;
        std::size_t columns = 0;
        Index column_count = 0;
        std::size_t values = 0;  // of four rows: of each column their real, then their imaginary parts
        bool is_real = true;
    };
    /// The factor of each element of a product.
    struct One;
    struct Difference;

    std::vector<Scalar> values_of(const RowMajorSparse& m, Block& block) const;
    template <bool both, class Weight>  // planes, or the first alone
    void add(const Planes& x, const Planes& y, const Weight& weight) const;
    template <bool is_real, bool both, class Weight>
    void add_block(const Block& block, const Planes& x, const Planes& y, const Weight& weight) const;

    std::vector<Block> blocks_;
    std::vector<std::int32_t> index_;
    std::vector<Scalar> values_;
    SparseRows<Scalar> rest_;
    std::vector<std::int32_t> rest_rows_;  // those that have any
};

}  // namespace redfield::linalg
