#include "bath/monotone_cubic.hpp"

#include <algorithm>
#include <cmath>

namespace redfield::bath {

namespace {

/// The slope at the first of three knots, from the parabola through them, bent to the sign and to at most
/// three times the slope of its own interval.
double at_end(double h0, double h1, double d0, double d1) {
    const double slope = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
    if (slope * d0 <= 0.0) return 0.0;
    return d0 * d1 < 0.0 && std::abs(slope) > 3.0 * std::abs(d0) ? 3.0 * d0 : slope;
}

}  // namespace

MonotoneCubic::MonotoneCubic(std::vector<double> x, std::vector<double> y)
    : x_(std::move(x)), y_(std::move(y)), slope_(x_.size(), 0.0) {
    const std::size_t n = x_.size();
    std::vector<double> h(n - 1), d(n - 1);
    for (std::size_t k = 0; k + 1 < n; ++k) {
        h[k] = x_[k + 1] - x_[k];
        d[k] = (y_[k + 1] - y_[k]) / h[k];
    }
    if (n == 2) {
        slope_ = {d[0], d[0]};
        return;
    }
    for (std::size_t k = 1; k + 1 < n; ++k)
        if ((d[k - 1] < 0.0 && d[k] < 0.0) || (d[k - 1] > 0.0 && d[k] > 0.0)) {
            const double before = 2.0 * h[k] + h[k - 1], after = h[k] + 2.0 * h[k - 1];
            slope_[k] = (before + after) / (before / d[k - 1] + after / d[k]);
        }
    slope_.front() = at_end(h[0], h[1], d[0], d[1]);
    slope_.back() = at_end(h[n - 2], h[n - 3], d[n - 2], d[n - 3]);
}

double MonotoneCubic::on(std::size_t k, double x) const {
    const double h = x_[k + 1] - x_[k], s = (x - x_[k]) / h, r = 1.0 - s;
    return r * r * ((1.0 + 2.0 * s) * y_[k] + h * s * slope_[k]) +
           s * s * ((1.0 + 2.0 * r) * y_[k + 1] - h * r * slope_[k + 1]);
}

double MonotoneCubic::operator()(double x) const {
    const auto above = std::upper_bound(x_.begin() + 1, x_.end() - 1, x);
    return on(static_cast<std::size_t>(above - x_.begin()) - 1, x);
}

}  // namespace redfield::bath
