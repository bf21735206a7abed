#include "bath/memory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "bath/edges.hpp"
#include "bath/gauss.hpp"
#include "linalg/epsilon.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::bath {

namespace {

constexpr Index order = Memory::order;
using linalg::epsilon;
/// t|C(t)| below this part of its largest ends the memory.
constexpr double negligible = 1e-14;
/// Panels are halved until their error is this part of ∫|C|.
constexpr double tolerance = 1e-13;
constexpr std::size_t most_panels = 20000;
/// Panels are not halved below this part of the first ones' widths; one that ends at 0 may be smaller
/// still.
constexpr double narrowest = 1e-12, beside_zero = 1e-8;
/// Phase over half a panel up to which `order` points integrate a series of `order` terms to rounding.
constexpr double few_turns = 5.0;

const GaussRule& gauss() {
    static const GaussRule once(order);
    return once;
}

/// j_n(z), n < order, z ≥ few_turns: upwards where that is stable, else downwards (Miller).
std::array<double, order> spherical_bessel(double z) {
    std::array<double, order> j{};
    const double zeroth = std::sin(z) / z, first = (zeroth - std::cos(z)) / z;
    if (z > static_cast<double>(order)) {
        j[0] = zeroth;
        j[1] = first;
        for (std::size_t n = 1; n + 1 < j.size(); ++n)
            j[n + 1] = (2.0 * static_cast<double>(n) + 1.0) / z * j[n] - j[n - 1];
        return j;
    }
    double above = 0.0, here = 1e-290;
    for (std::size_t n = j.size() + 40; n-- > 0;) {
        const double below = (2.0 * static_cast<double>(n) + 3.0) / z * here - above;
        above = here;
        here = below;
        if (n < j.size()) j[n] = here;
    }
    // j_0 and j_1 do not vanish together.
    const double scale = std::abs(zeroth) > std::abs(first) ? zeroth / j[0] : first / j[1];
    for (double& each : j) each *= scale;
    return j;
}

/// Edges at doubling times until t|C| stays negligible, or C is rounding.
std::vector<double> edges_of(const CorrelationFunction& c, double window) {
    const double tau = c.time_scale();
    double loudest = 0.0;
    const auto size = [&](double end) {
        std::array<double, probed.size()> t{};
        std::array<Complex, probed.size()> values{};
        for (std::size_t i = 0; i < t.size(); ++i) t[i] = probed[i] * end;
        c.evaluate(t.data(), values.data(), static_cast<Index>(t.size()));
        double most = 0.0, weighted = 0.0;
        for (std::size_t i = 0; i < t.size(); ++i) {
            most = std::max(most, std::abs(values[i]));
            weighted = std::max(weighted, t[i] * std::abs(values[i]));
        }
        loudest = std::max(loudest, most);
        return most <= c.noise() * loudest ? 0.0 : weighted;
    };
    const auto [beyond, ended] = outward(size, {0.0, tau}, negligible, window);
    if (!ended) throw ConvergenceError("the correlation function does not end");
    std::vector<double> edges{0.0};
    for (const double t : {1e-6 * tau, 1e-3 * tau})
        if (t < window) edges.push_back(t);
    edges.insert(edges.end(), beyond.begin(), beyond.end());
    return edges;
}

}  // namespace

Memory::Memory(const CorrelationFunction& correlation, double window) {
    require(window > 0.0, "the window must be positive, got ", window);
    expand(correlation, edges_of(correlation, window));
}

void Memory::expand(const CorrelationFunction& correlation, const std::vector<double>& edges) {
    struct Open {
        double left, right, narrowest, parent;  ///< parent: what the panel it was half of missed
    };
    std::vector<Open> open, next;
    for (std::size_t k = 0; k + 1 < edges.size(); ++k)
        open.push_back({edges[k], edges[k + 1], narrowest * (edges[k + 1] - edges[k]),
                        std::numeric_limits<double>::infinity()});
    double largest = 0.0, whole = 0.0;
    RealMatrix t;
    RealVector half;
    Eigen::Matrix<Complex, order, Eigen::Dynamic> c;
    for (; !open.empty(); open.swap(next), next.clear()) {
        linalg::poll();
        const auto count = static_cast<Index>(open.size());
        t.resize(order, count);
        c.resize(order, count);
        half.resize(count);
        for (Index k = 0; k < count; ++k) {
            const Open& panel = open[static_cast<std::size_t>(k)];
            half[k] = 0.5 * (panel.right - panel.left);
            t.col(k) = panel.left + half[k] * (gauss().x.array() + 1.0);
        }
        correlation.evaluate(t.data(), c.data(), t.size());
        const RealMatrix size = c.cwiseAbs();
        largest = std::max(largest, size.maxCoeff());
        whole = std::max(whole, gauss().weight.dot(size * half));
        for (Index k = 0; k < count; ++k) {
            const auto& [left, right, least, parent] = open[static_cast<std::size_t>(k)];
            const double centre = left + half[k];
            const Series series = gauss().series(c.col(k));
            const double tail = series.tail<3>().cwiseAbs().maxCoeff() * static_cast<double>(order) / 4.0;
            const double allowed = tolerance * whole / (2.0 * half[k]);
            // An error that halving does not shrink is the rounding of C, or of t where C is steep.
            const double steep = 64.0 * epsilon * right / half[k] * largest;
            const bool rounding = tail <= std::max(1e3 * allowed, steep) && tail > 0.4 * parent;
            const bool smallest = half[k] <= least * (left == 0.0 ? beside_zero : 1.0);
            if (tail <= allowed || rounding || smallest) {
                const Series times = t.col(k).cast<Complex>().cwiseProduct(c.col(k));
                panels_.push_back({centre, half[k], gauss().weight.cast<Complex>().cwiseProduct(c.col(k)),
                                   series, gauss().series(times)});
            } else {
                next.push_back({left, centre, least, tail});
                next.push_back({centre, right, least, tail});
            }
        }
        if (panels_.size() + next.size() > most_panels)
            throw ConvergenceError(
                "the correlation function is too rough to be integrated: it needs more than " +
                std::to_string(most_panels) + " panels");
    }
}

Memory::Transform Memory::transform(double w) const {
    Complex value = 0.0, with_time = 0.0;
    for (const Panel& panel : panels_) {
        const double z = w * panel.half;
        Complex plain = 0.0, weighted = 0.0;
        if (std::abs(z) < few_turns) {
            for (Index k = 0; k < order; ++k) {
                const Complex here = panel.values[k] * std::polar(1.0, gauss().x[k] * z);
                plain += here;
                weighted += (panel.centre + panel.half * gauss().x[k]) * here;
            }
        } else {
            // ∫ P_n(s) e^{izs} ds = 2 iⁿ j_n(z), and j_n is odd for odd n.
            const std::array<double, order> j = spherical_bessel(std::abs(z));
            const Complex unit(0.0, z < 0.0 ? -1.0 : 1.0);
            Complex power = 2.0;
            for (Index n = 0; n < order; ++n) {
                const Complex factor = power * j[static_cast<std::size_t>(n)];
                plain += factor * panel.series[n];
                weighted += factor * panel.with_time[n];
                power *= unit;
            }
        }
        const Complex phase = std::polar(panel.half, w * panel.centre);
        value += phase * plain;
        with_time += phase * weighted;
    }
    return {value, Complex(0.0, 1.0) * with_time};
}

}  // namespace redfield::bath

namespace redfield {

Windowed windowed(const CorrelationFunction& correlation, const RealVector& w, double window) {
    const bath::Memory memory(correlation, window);
    Windowed out{Eigen::VectorXcd(w.size()), Eigen::VectorXcd(w.size())};
    linalg::parallel_ranges(w.size() < 100 ? 1 : linalg::cores(), w.size(),
                            [&](Index first, Index count) {
                                for (Index k = first; k < first + count; ++k) {
                                    linalg::poll();
                                    const auto [value, derivative] = memory.transform(w[k]);
                                    out.value[k] = value;
                                    out.derivative[k] = derivative;
                                }
                            });
    return out;
}

}  // namespace redfield
