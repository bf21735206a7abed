#include "bath/panels.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace redfield::bath {

namespace {

constexpr std::size_t points = Panels::points;

/// Gauss's points and weights on [−1, 1] (Golub & Welsch, doi:10.2307/2004418) and the Legendre
/// polynomials at the points.
struct Rule {
    std::array<double, points> x, weight;
    std::array<std::array<double, points>, points> legendre;  ///< [n][k] = P_n(x_k)
};

Rule make_rule() {
    constexpr auto n = static_cast<Eigen::Index>(points);
    Eigen::MatrixXd jacobi = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index k = 1; k < n; ++k) {
        const auto d = static_cast<double>(k);
        jacobi(k, k - 1) = d / std::sqrt(4.0 * d * d - 1.0);
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(jacobi);
    Rule rule;
    for (std::size_t k = 0; k < points; ++k) {
        const auto i = static_cast<Eigen::Index>(k);
        rule.x[k] = eigen.eigenvalues()[i];
        rule.weight[k] = 2.0 * std::pow(eigen.eigenvectors()(0, i), 2);
        rule.legendre[0][k] = 1.0;
        rule.legendre[1][k] = rule.x[k];
        for (std::size_t m = 1; m + 1 < points; ++m) {
            const auto d = static_cast<double>(m);
            rule.legendre[m + 1][k] =
                ((2.0 * d + 1.0) * rule.x[k] * rule.legendre[m][k] - d * rule.legendre[m - 1][k]) /
                (d + 1.0);
        }
    }
    return rule;
}

const Rule& rule() {
    static const Rule once = make_rule();
    return once;
}

}  // namespace

void Panels::add(double left, double right, const std::function<double(double)>& f) {
    const Rule& gauss = rule();
    Panel panel{left, right, {}, {}};
    const double half = 0.5 * (right - left);
    for (std::size_t k = 0; k < points; ++k)
        panel.values[k] = gauss.weight[k] * f(left + half * (1.0 + gauss.x[k]));
    for (std::size_t n = 0; n < points; ++n) {
        double sum = 0.0;
        for (std::size_t k = 0; k < points; ++k) sum += gauss.legendre[n][k] * panel.values[k];
        panel.series[n] = (static_cast<double>(n) + 0.5) * sum;
    }
    panels_.push_back(panel);
}

double Panels::hilbert(double w, double smallest) const {
    const Rule& gauss = rule();
    // From here on Gauss's rule for the pole is exact to rounding: (3 + √8)^{−24}.
    constexpr double far = 3.0;
    double total = 0.0;
    for (const Panel& panel : panels_) {
        const double half = 0.5 * (panel.right - panel.left), t = (w - panel.left) / half - 1.0;
        if (std::abs(t) >= far) {
            for (std::size_t k = 0; k < points; ++k) total += panel.values[k] / (t - gauss.x[k]);
            continue;
        }
        // ∫ P_n(s)/(t − s) ds = 2Q_n(t). What the recurrence loses where |t| > 1 the series has no weight
        // for.
        const double from_left = std::max(std::abs(w - panel.left), smallest);
        const double from_right = std::max(std::abs(w - panel.right), smallest);
        double before = std::log(from_left / from_right), now = t * before - 2.0;
        total += panel.series[0] * before + panel.series[1] * now;
        for (std::size_t n = 1; n + 1 < points; ++n) {
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
