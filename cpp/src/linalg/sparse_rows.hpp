#pragma once

#include <cstdint>
#include <vector>

#include "linalg/lanes.hpp"

namespace redfield::linalg {

using RowMajorSparse = Eigen::SparseMatrix<Complex, Eigen::RowMajor>;

/// A sparse complex matrix by rows, its real and its imaginary part apart: entries are mostly one or the
/// other.
template <class Scalar>
class SparseRows {
  public:
    SparseRows() = default;
    explicit SparseRows(const RowMajorSparse& rows);
    /// Rows converted from another precision.
    template <class Other>
    explicit SparseRows(const SparseRows<Other>& of) : re_(of.re_), im_(of.im_) {}

    /// Row r of (a + ib)(x₊ + …): plus += a x₊ + b x₋, minus += a x₋ − b x₊, on rows of lanes. The
    /// planes Z₊, Z₋ of linalg/planar.hpp obey this, and so do the imaginary and the real part.
    void accumulate(Index r, const Scalar* x_plus, const Scalar* x_minus, Lanes<Scalar>& plus,
                    Lanes<Scalar>& minus) const {
        using In = LanesIn<Scalar>;
        constexpr Index width = lane_count<Scalar>;
        const auto row = static_cast<std::size_t>(r);
        for (auto i = re_.begin(row); i < re_.begin(row + 1); ++i) {
            const Index c = width * re_.column[i];
            plus += re_.value[i] * In(x_plus + c);
            minus += re_.value[i] * In(x_minus + c);
        }
        for (auto i = im_.begin(row); i < im_.begin(row + 1); ++i) {
            const Index c = width * im_.column[i];
            plus += im_.value[i] * In(x_minus + c);
            minus -= im_.value[i] * In(x_plus + c);
        }
    }

  private:
    template <class Other>
    friend class SparseRows;

    struct Part {
        Part() = default;
        template <class OtherPart>
        explicit Part(const OtherPart& of)
            : start(of.start), column(of.column), value(of.value.begin(), of.value.end()) {}
        std::size_t begin(std::size_t row) const { return static_cast<std::size_t>(start[row]); }

        std::vector<std::int32_t> start, column;
        std::vector<Scalar> value;
    };
    Part re_, im_;
};

}  // namespace redfield::linalg
