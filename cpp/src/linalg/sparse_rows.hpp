#pragma once

#include <cstdint>
#include <vector>

#include "linalg/lanes.hpp"

namespace redfield::linalg {

/// A sparse complex matrix by rows, its real and its imaginary part apart: entries are mostly one or the
/// other.
class SparseRows {
  public:
    SparseRows() = default;
    explicit SparseRows(const SparseMatrix& m);

    /// Row r of (a + ib)(x₊ + …): plus += a x₊ + b x₋, minus += a x₋ − b x₊, on rows of eight lanes. The
    /// planes Z₊, Z₋ of linalg/planar.hpp obey this, and so do the imaginary and the real part.
    void accumulate(Index r, const double* x_plus, const double* x_minus, Lanes& plus,
                    Lanes& minus) const {
        const auto row = static_cast<std::size_t>(r);
        for (auto i = begin(re_, row); i < begin(re_, row + 1); ++i) {
            const Index c = lane_count * re_.column[i];
            plus += re_.value[i] * LanesIn(x_plus + c);
            minus += re_.value[i] * LanesIn(x_minus + c);
        }
        for (auto i = begin(im_, row); i < begin(im_, row + 1); ++i) {
            const Index c = lane_count * im_.column[i];
            plus += im_.value[i] * LanesIn(x_minus + c);
            minus -= im_.value[i] * LanesIn(x_plus + c);
        }
    }

  private:
    struct Part {
        std::vector<std::int32_t> start, column;
        std::vector<double> value;
    };
    static std::size_t begin(const Part& part, std::size_t row) {
        return static_cast<std::size_t>(part.start[row]);
    }
    Part re_, im_;
};

}  // namespace redfield::linalg
