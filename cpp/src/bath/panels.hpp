#pragma once

#include <functional>
#include <vector>

#include "redfield/linalg/types.hpp"

namespace redfield::bath {

/// A function that is smooth on intervals and zero elsewhere, as Legendre series on them, for its Hilbert
/// transform. What it is given must be a polynomial of degree 11 on each panel, to rounding.
class Panels {
  public:
    static constexpr Index points = 12;

    void add(double left, double right, const std::function<double(double)>& f);

    /// P∫ f(x)/(ω − x) dx. Within `smallest` of the end of a panel the logarithm there is that of
    /// `smallest`: those of neighbours cancel, and one at the end of all has no other finite value.
    double hilbert(double w, double smallest) const;

  private:
    struct Panel {
        double left, right;
        Eigen::Matrix<double, points, 1> values;  ///< at Gauss's points times their weights
        Eigen::Matrix<double, points, 1> series;  ///< coefficients of Legendre polynomials
    };
    std::vector<Panel> panels_;
};

}  // namespace redfield::bath
