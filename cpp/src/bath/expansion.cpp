#include "bath/expansion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/epsilon.hpp"
#include "bath/memory.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/bath/expansion.hpp"

namespace redfield::bath {

namespace {

constexpr std::size_t panel_limit = 20'000;
/// Panels are not halved below this part of the first ones' widths; one that ends at 0, where numbers are
/// dense, may be smaller still.
constexpr double narrowest_part = 1e-12, narrowest_beside_zero = 1e-8;
/// By how much, of the largest |f|, an expansion may miss a value of f at a probe.
constexpr double miss_allowed = 1e-9;
constexpr int refinements = 6;
/// Places around which one refinement adds edges, at so many halved distances.
constexpr std::size_t refined_places = 40;
constexpr int refined_octaves = 36;

void sort_unique(std::vector<double>& x) {
    std::sort(x.begin(), x.end());
    x.erase(std::unique(x.begin(), x.end()), x.end());
}

/// Edges at ever smaller distances on both sides of places where a function of unknown width was missed.
std::vector<double> around(const std::vector<double>& x, double finest) {
    std::vector<double> out;
    const std::size_t count = std::min(x.size(), refined_places);
    for (std::size_t k = 0; k < count; ++k) {
        const double at = count == x.size() ? x[k] : x[k * (x.size() - 1) / (count - 1)];
        const double distance = std::max(std::abs(at), finest);
        for (int step = 0; step < refined_octaves; ++step) {
            out.push_back(at - std::ldexp(distance, -step));
            out.push_back(at + std::ldexp(distance, -step));
        }
    }
    return out;
}

}  // namespace

template <class Scalar>
Panels<Scalar> expand(const Sampled<Scalar>& f, std::vector<double> edges, Convergence convergence,
                      std::vector<PowerLaw> laws) {
    using Panel = typename Panels<Scalar>::Panel;
    constexpr Index order = Panels<Scalar>::order;
    struct Open {
        double left, right, narrowest,
            parent;  ///< parent: error of the panel it was half of
    };
    const GaussRule& gauss = Panels<Scalar>::rule();
    sort_unique(edges);
    std::vector<Open> open, next;
    for (std::size_t k = 0; k + 1 < edges.size(); ++k)
        open.push_back({edges[k], edges[k + 1], narrowest_part * (edges[k + 1] - edges[k]),
                        std::numeric_limits<double>::infinity()});
    std::vector<Panel> done;
    double largest = 0.0, whole = 0.0;
    RealMatrix x;
    MatrixOf<Scalar> values;
    for (; !open.empty(); open.swap(next), next.clear()) {
        base::poll();
        const auto count = static_cast<Index>(open.size());
        x.resize(order, count);
        values.resize(order, count);
        RealVector half(count);
        for (Index k = 0; k < count; ++k) {
            const Open& panel = open[static_cast<std::size_t>(k)];
            half[k] = 0.5 * (panel.right - panel.left);
            x.col(k) = 0.5 * (panel.left + panel.right) + half[k] * gauss.x.array();
        }
        f(x.data(), values.data(), x.size());
        for (Index k = 0; k < x.size(); ++k)
            if (!std::isfinite(std::abs(values.data()[k])))
                throw ConvergenceError("the spectrum at " + brief(x.data()[k], 6) + " is not finite");
        const RealMatrix size = values.cwiseAbs();
        largest = std::max(largest, size.maxCoeff());
        whole = std::max(whole, gauss.weight.dot(size * half));
        for (Index k = 0; k < count; ++k) {
            const auto& [left, right, narrowest, parent] = open[static_cast<std::size_t>(k)];
            const Panel panel(left, right, values.col(k).array());
            double allowed = std::numeric_limits<double>::infinity();
            if (convergence.peak) allowed = convergence.tol * largest;
            if (convergence.integral)
                allowed = std::min(allowed, convergence.tol * whole / std::max(2.0 * half[k], 1e-300));
            // A difference that halving does not shrink any more is the rounding of f, or of x where f is
            // steep over a narrow panel.
            const double steep =
                64.0 * base::epsilon * std::max(std::abs(left), std::abs(right)) / half[k] * largest;
            const bool rounding =
                panel.error <= std::max(1e3 * allowed, steep) && panel.error > 0.4 * parent;
            const bool beside_zero = left == 0.0 || right == 0.0;
            const bool smallest = half[k] <= narrowest * (beside_zero ? narrowest_beside_zero : 1.0);
            if (panel.error <= allowed || rounding || smallest) {
                done.push_back(panel);
            } else {
                next.push_back({left, panel.centre, narrowest, panel.error});
                next.push_back({panel.centre, right, narrowest, panel.error});
            }
        }
        if (done.size() + next.size() > panel_limit)
            throw ConvergenceError("the spectrum is too rough to be integrated: it needs more than " +
                                   std::to_string(panel_limit) +
                                   " panels; give the places where it is not smooth as breakpoints");
    }
    std::sort(done.begin(), done.end(), [](const Panel& a, const Panel& b) { return a.left < b.left; });
    return Panels<Scalar>(std::move(done), std::move(laws));
}

template Panels<double> expand(const Sampled<double>&, std::vector<double>, Convergence,
                               std::vector<PowerLaw>);
template Panels<Complex> expand(const Sampled<Complex>&, std::vector<double>, Convergence,
                                std::vector<PowerLaw>);

Panels<double> verified(const Sampled<double>& f, std::vector<double> edges,
                        const std::vector<double>& probes, const std::vector<PowerLaw>& laws,
                        Convergence convergence) {
    const Sampled<double> smooth = [&](const double* x, double* out, Index count) {
        f(x, out, count);
        for (const PowerLaw& law : laws) {
            if (!law.inner) continue;
            for (Index k = 0; k < count; ++k) {
                const double distance = law.side * (x[k] - law.start);
                if (distance > 0.0 && distance <= law.reach) out[k] = 0.0;
            }
        }
    };
    std::vector<double> missed;
    for (int round = 0; round < refinements; ++round) {
        sort_unique(edges);
        Panels<double> panels = expand(smooth, edges, convergence, laws);
        std::vector<double> held;
        for (const double x : probes)
            if (x > panels.first() && x < panels.last()) held.push_back(x);
        missed = missed_at(panels, f, held);
        if (missed.empty()) return panels;
        double finest = std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k + 1 < edges.size(); ++k)
            finest = std::min(finest, edges[k + 1] - edges[k]);
        const double first = edges.front(), last = edges.back();
        for (const double x : around(missed, finest))
            if (x > first && x < last) edges.push_back(x);
    }
    throw ConvergenceError("the spectrum is missed at " + brief(missed.front(), 6) +
                           " by its expansion; give that place as a breakpoint");
}

std::vector<double> missed_at(const Panels<double>& panels, const Sampled<double>& f,
                              const std::vector<double>& x) {
    const std::vector<double> direct = sample(f, x);
    double largest = 1e-300;
    for (const auto& panel : panels.panels()) largest = std::max(largest, std::abs(panel.series[0]));
    for (const double value : direct) largest = std::max(largest, std::abs(value));
    const double allowed = miss_allowed * largest;
    std::vector<double> missed;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const auto differs = [&](bool from_above) {
            return std::abs(panels(x[k], from_above) - direct[k]) > allowed;
        };
        // Where two panels meet at a jump, f may have the value of either side.
        if (differs(false) &&
            (!std::binary_search(panels.ends().begin(), panels.ends().end(), x[k]) || differs(true)))
            missed.push_back(x[k]);
    }
    return missed;
}

}  // namespace redfield::bath

namespace redfield {

Expansion::Expansion(bath::Panels<Complex, order> panels)
    : panels_(std::make_shared<bath::Panels<Complex>>(std::move(panels))) {}

Expansion::Expansion(const Function& f, std::vector<double> edges, double tol)
    : Expansion(bath::expand(f, std::move(edges), {tol, true, false})) {}

Expansion Expansion::memory(const Bath& bath, double window, double fastest) {
    return Expansion(bath::memory(bath, window, fastest));
}

Complex Expansion::operator()(double x) const { return (*panels_)(x); }

const std::vector<double>& Expansion::ends() const { return panels_->ends(); }

Expansion::Nodes Expansion::nodes(const std::vector<double>& cuts, double fastest) const {
    auto [x, weight, values] = panels_->nodes(cuts, fastest);
    return {std::move(x), std::move(weight), std::move(values)};
}

}  // namespace redfield
