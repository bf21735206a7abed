#include "bath/panels.hpp"

#include <algorithm>
#include <cmath>

#include "bath/gauss.hpp"

namespace redfield::bath {

namespace {

const GaussRule& rule() {
    static const GaussRule once(Panels::points);
    return once;
}

}  // namespace

void Panels::add(double left, double right, const std::function<double(double)>& f) {
    const GaussRule& gauss = rule();
    Panel panel{left, right, {}, {}};
    const double half = 0.5 * (right - left);
    for (Index k = 0; k < points; ++k) panel.series[k] = f(left + half * (1.0 + gauss.x[k]));
    panel.values = gauss.weight.cwiseProduct(panel.series);
    panel.series = gauss.series(panel.series);
    panels_.push_back(panel);
}

double Panels::hilbert(double w, double smallest) const {
    const GaussRule& gauss = rule();
    // From here on Gauss's rule for the pole is exact to rounding: (3 + √8)^{−24}.
    constexpr double far = 3.0;
    double total = 0.0;
    for (const Panel& panel : panels_) {
        const double half = 0.5 * (panel.right - panel.left), t = (w - panel.left) / half - 1.0;
        if (std::abs(t) >= far) {
            for (Index k = 0; k < points; ++k) total += panel.values[k] / (t - gauss.x[k]);
            continue;
        }
        // ∫ P_n(s)/(t − s) ds = 2Q_n(t). What the recurrence loses where |t| > 1 the series has no weight
        // for.
        const double from_left = std::max(std::abs(w - panel.left), smallest);
        const double from_right = std::max(std::abs(w - panel.right), smallest);
        double before = std::log(from_left / from_right), now = t * before - 2.0;
        total += panel.series[0] * before + panel.series[1] * now;
        for (Index n = 1; n + 1 < points; ++n) {
            const auto d = static_cast<double>(n);
            const double next = ((2.0 * d + 1.0) * t * now - d * before) / (d + 1.0);
            total += panel.series[n + 1] * next;
            before = now;
            now = next;
        }
    }
    return total;
}

}  // namespace redfield::bath
