#pragma once

#include <cstdint>
#include <vector>

#include "linalg/sparse_rows.hpp"

namespace redfield::linalg {

/// A sparse complex matrix as dense blocks, rows with the same non-zero columns, and the rest by rows. An
/// operator of some sites is all blocks, and all alike: their values are kept once, and the few rows of x
/// they read stay in the first level of cache.
template <class Scalar>
class RowBlocks {
  public:
    RowBlocks() = default;
    explicit RowBlocks(const SparseMatrix& m);
    /// The same in another precision.
    template <class Other>
    explicit RowBlocks(const RowBlocks<Other>& of)
        : blocks_(of.blocks_.begin(), of.blocks_.end()),
          index_(of.index_),
          values_(of.values_.begin(), of.values_.end()),
          rest_(of.rest_),
          rest_rows_(of.rest_rows_) {}

    /// y += (a + ib)x on rows of lanes: y₊ += a x₊ + b x₋, y₋ += a x₋ − b x₊.
    void add_product(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus, Scalar* y_minus) const;

    /// The same with each entry times (of_lane − of_row).
    void add_product(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus, Scalar* y_minus,
                     const Lanes<Scalar>& of_lane, const Scalar* of_row) const;

    /// Only y₊.
    void add_plus(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus) const;

    /// Non-zeros in blocks, and values kept for them.
    std::size_t blocked() const;
    std::size_t stored() const { return values_.size(); }

  private:
    template <class Other>
    friend class RowBlocks;

    static constexpr Index height = 4;  // rows at a time

    struct Block {
        Block() = default;
        template <class OtherBlock>
        explicit Block(const OtherBlock& of)
            : rows(of.rows),
              row_count(of.row_count),
              columns(of.columns),
              column_count(of.column_count),
              values(of.values),
              is_real(of.is_real) {}

        std::size_t rows = 0;  // their indices begin there
        Index row_count = 0;
        std::size_t columns = 0;
        Index column_count = 0;
        std::size_t values = 0;  // of four rows: of each column their real, then their imaginary parts
        bool is_real = true;
    };
    /// What multiplies each entry of a product.
    struct One;
    struct Difference;
    template <bool both, class Weight>  // planes, or the first alone
    void add(const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus, Scalar* y_minus,
             const Weight& weight) const;
    template <bool is_real, bool both, class Weight>
    void add_block(const Block& block, const Scalar* x_plus, const Scalar* x_minus, Scalar* y_plus,
                   Scalar* y_minus, const Weight& weight) const;

    std::vector<Block> blocks_;
    std::vector<std::int32_t> index_;
    std::vector<Scalar> values_;
    SparseRows<Scalar> rest_;
    std::vector<std::int32_t> rest_rows_;  // those that have any
};

}  // namespace redfield::linalg
