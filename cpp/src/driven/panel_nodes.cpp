#include "driven/panel_nodes.hpp"

#include <algorithm>
#include <cmath>

namespace redfield::driven {

namespace {

double chebyshev(Index k, double x) {
    return std::cos(static_cast<double>(k) * std::acos(std::clamp(x, -1.0, 1.0)));
}

/// ∫T_k = (T_{k+1}/(k+1) − T_{k−1}/(k−1))/2, up to a constant.
double antiderivative(Index k, double x) {
    if (k == 0) return x;
    if (k == 1) return 0.5 * x * x;
    return 0.5 * (chebyshev(k + 1, x) / static_cast<double>(k + 1) -
                  chebyshev(k - 1, x) / static_cast<double>(k - 1));
}

}  // namespace

PanelNodes::PanelNodes(Index points) : x(points), weights(points) {
    const Index m = points - 1;
    RealMatrix to_series(points, points), integrals(points, points);  // (k, n), (i, k)
    for (Index n = 0; n < points; ++n) {
        const double angle = EIGEN_PI * static_cast<double>(m - n) / static_cast<double>(m);
        const double end = n == 0 || n == m ? 0.5 : 1.0;
        x[n] = std::cos(angle);
        weights[n] = (n % 2 == 0 ? 1.0 : -1.0) * end;
        for (Index k = 0; k < points; ++k)
            to_series(k, n) = 2.0 / static_cast<double>(m) * end * (k == 0 || k == m ? 0.5 : 1.0) *
                              std::cos(static_cast<double>(k) * angle);
    }
    for (Index i = 0; i < points; ++i)
        for (Index k = 0; k < points; ++k)
            integrals(i, k) = antiderivative(k, x[i]) - antiderivative(k, -1.0);
    integral = integrals * to_series;
    last_series = to_series.bottomRows(2).transpose();
}

RealVector PanelNodes::lagrange(double t) const {
    RealVector out(x.size());
    for (Index n = 0; n < x.size(); ++n) {
        if (t == x[n]) return RealVector::Unit(x.size(), n);
        out[n] = weights[n] / (t - x[n]);
    }
    return out / out.sum();
}

const PanelNodes& panel_nodes() {
    static const PanelNodes nodes(panel_points);
    return nodes;
}

double truncation(const Samples& samples) {
    return (samples * panel_nodes().last_series).cwiseAbs().maxCoeff();
}

}  // namespace redfield::driven
