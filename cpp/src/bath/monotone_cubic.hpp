#pragma once

#include <algorithm>
#include <array>
#include <vector>

namespace redfield::bath {

/// The C¹ cubic through a table that is monotone wherever the table is (Fritsch & Butland,
/// doi:10.1137/0905021): the slope at a knot is the weighted harmonic mean of those beside it.
class MonotoneCubic {
  public:
    /// Ascending x, at least two.
    MonotoneCubic(std::vector<double> x, std::vector<double> y);

    const std::vector<double>& knots() const { return x_; }
    /// The largest value of the table.
    double largest() const { return *std::max_element(y_.begin(), y_.end()); }
    /// Between two knots, x_[k] ≤ x ≤ x_[k + 1].
    double on(std::size_t k, double x) const;
    /// Anywhere between the first knot and the last.
    double operator()(double x) const;

  private:
    std::vector<double> x_, y_, slope_;
};

}  // namespace redfield::bath
