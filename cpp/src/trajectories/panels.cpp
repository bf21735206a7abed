#include "trajectories/panels.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

#include "base/memory.hpp"
#include "evolve/runge_kutta.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::trajectories {

namespace {

using driven::panel_nodes;
using driven::panel_points;
using driven::Samples;

/// ‖G‖_F h of the first panel to try, and the largest ‖G + G†‖_F h/2 of any.
constexpr double first_reach = 4.0, most_decay = 3.0;
/// Parts of a panel's share of rtol: for the polynomials, and for one Runge–Kutta step.
constexpr double share_of_samples = 0.3, share_of_step = 2e-2;
/// The smallest share of rtol that a panel has: some thousands of them are expected at most.
constexpr double least_share = 2e-4;
constexpr double rounding_of_kets = 1e-13;
/// A panel over the next one to try where it was resolved, and where it was much more than that.
constexpr double shrink = 0.7, grow = 1.25, resolved_well = 1e-2;
constexpr double shortest = 1e-12;  // of the whole time

/// U̇ = G(t)U, [Re U, Im U], with G interpolated between the nodes of a panel.
class PanelEquation final : public integrators::StepEquation {
  public:
    PanelEquation(const Samples& drift, Index n, double first, double last)
        : drift_(2 * n * n, panel_points), n_(n), first_(first), last_(last) {
        drift_ << drift.real(), drift.imag();
    }

    void enter(double, double) override {}
    double first_step() const override { return (last_ - first_) / 64.0; }
    double longest(double) const override { return last_ - first_; }
    void start(double now) override { now_ = now; }
    void leave(double, const RealMatrix& y, RealMatrix& out) override { out = y; }
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override {
        const double x = 2.0 * (now_ + tau - first_) / (last_ - first_) - 1.0;
        g_.noalias() = drift_ * panel_nodes().lagrange(std::clamp(x, -1.0, 1.0));
        const Eigen::Map<const RealMatrix> re(g_.data(), n_, n_), im(g_.data() + n_ * n_, n_, n_);
        out.resize(n_, 2 * n_);
        out.noalias() = re * y;
        out.leftCols(n_).noalias() -= im * y.rightCols(n_);
        out.rightCols(n_).noalias() += im * y.leftCols(n_);
    }

  private:
    RealMatrix drift_;  // Re G above Im G at the nodes
    Index n_;
    double first_, last_, now_ = 0.0;
    RealVector g_;
};

/// A smooth stretch of time, at whose ends G may have the value of the other side.
struct Stretch {
    double first, last;
    double clear_first, clear_last;

    double inside(double t) const {
        return std::clamp(t, std::max(clear_first, std::nextafter(first, last)),
                          std::min(clear_last, std::nextafter(last, first)));
    }
};

class Builder {
  public:
    Builder(const DrivenForm& form, const std::vector<double>& times, double rtol, double max_bytes)
        : form_(form),
          n_(form.dimension),
          times_(times),
          span_(times.back() - times.front()),
          rtol_(rtol),
          max_bytes_(max_bytes) {}

    std::vector<Panel> all() {
        std::vector<double> ends{times_.front()};
        for (const double t : form_.breaks)
            if (t > ends.back() && t < times_.back()) ends.push_back(t);
        ends.push_back(times_.back());
        std::vector<Panel> out;
        for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
            const auto clear = form_.resolution.clear_of_jumps(ends[i], ends[i + 1]);
            cover({ends[i], ends[i + 1], clear.first, clear.second}, out);
        }
        return out;
    }

  private:
    /// Panels that cover a stretch.
    void cover(const Stretch& stretch, std::vector<Panel>& out) {
        double t = stretch.first;
        while (t < stretch.last) {
            base::poll((t - times_.front()) / span_);
            double h = std::min({next_ > 0.0 ? next_ : first_length(stretch, t), stretch.last - t,
                                 form_.max_step, form_.resolution.longest(t)});
            // No sliver is left at the end.
            if (stretch.last - t < 1.5 * h)
                h = h >= stretch.last - t ? stretch.last - t : 0.5 * (stretch.last - t);
            for (;;) {
                std::optional<Panel> panel =
                    tried(stretch, t, t + h >= stretch.last ? stretch.last : t + h);
                if (panel) {
                    out.push_back(*std::move(panel));
                    break;
                }
                h *= shrink;
                if (h < shortest * span_) {
                    std::ostringstream text;
                    text << "trajectories: the drive is not resolved at t = " << t
                         << "; tell `breakpoints` where it changes fast, or loosen rtol";
                    throw ConvergenceError(text.str());
                }
            }
            next_ = well_ ? grow * h : h;
            t = out.back().last;
            const double bytes =
                16.0 * static_cast<double>(n_ * n_) *
                (panel_points * static_cast<double>(out.size()) + static_cast<double>(times_.size()));
            base::require_bytes(bytes, max_bytes_, "take fewer levels or a shorter time",
                                "the propagators of ", out.size(), " panels up to t = ", t);
        }
    }

    double first_length(const Stretch& stretch, double t) const {
        return first_reach / std::max(centred(form_.drift(stretch.inside(t))).norm(), 1e-300);
    }

    /// G without its mean energy, which turns a phase alone.
    static ComplexMatrix centred(ComplexMatrix g) {
        const Complex mean(0.0, g.trace().imag() / static_cast<double>(g.rows()));
        g.diagonal().array() -= mean;
        return g;
    }

    /// The panel [first, last], or none where it is not resolved.
    std::optional<Panel> tried(const Stretch& stretch, double first, double last) {
        const double half = 0.5 * (last - first), middle = 0.5 * (first + last);
        Samples drift(n_ * n_, panel_points);
        double largest = 0.0;
        for (Index i = 0; i < panel_points; ++i) {
            const ComplexMatrix g =
                centred(form_.drift(stretch.inside(middle + half * panel_nodes().x[i])));
            require(g.rows() == n_ && g.cols() == n_ && g.allFinite(),
                    "trajectories: the drift at t = ", middle + half * panel_nodes().x[i],
                    " is not a finite matrix of ", n_, " levels");
            drift.col(i) = g.reshaped();
            largest = std::max(largest, g.norm());
            if ((g + g.adjoint()).norm() * half > most_decay) return std::nullopt;
        }
        const double part =
            std::max(rtol_ * std::max((last - first) / span_, least_share), rounding_of_kets);
        // U leaves out 2 half times as much as G.
        if (driven::truncation(drift) * 2.0 * half >
            share_of_samples * part + rounding_of_kets * largest * half)
            return std::nullopt;
        Panel out{first, last, Samples(n_ * n_, panel_points), {}};
        solve(drift, part, out);
        const double missed = driven::truncation(out.propagators);
        const double allowed = share_of_samples * part + rounding_of_kets;
        well_ = missed < resolved_well * allowed;
        if (missed > allowed) return std::nullopt;
        return out;
    }

    /// The propagators at the nodes and the outputs of a panel.
    void solve(const Samples& drift, double part, Panel& panel) const {
        const double half = 0.5 * (panel.last - panel.first), middle = 0.5 * (panel.first + panel.last);
        std::vector<std::pair<double, Index>> due;  // node i, or output i as −1 − i
        for (Index i = 0; i < panel_points; ++i)
            due.emplace_back(i == 0                  ? panel.first
                             : i == panel_points - 1 ? panel.last
                                                     : middle + half * panel_nodes().x[i],
                             i);
        const auto begin = std::upper_bound(times_.begin(), times_.end(), panel.first);
        for (auto t = begin; t != times_.end() && *t <= panel.last; ++t)
            due.emplace_back(*t, -1 - static_cast<Index>(t - times_.begin()));
        std::stable_sort(due.begin(), due.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<double> at;
        for (const auto& each : due) at.push_back(each.first);
        RealMatrix start = RealMatrix::Zero(n_, 2 * n_);
        start.leftCols(n_).setIdentity();
        PanelEquation equation(drift, n_, panel.first, panel.last);
        IntegrationOptions options;
        options.rtol = 0.0;
        // The error is judged by √N‖·‖_F, which is N times that of a ket where all columns err alike.
        options.atol = std::max(share_of_step * part, 1e-15) * static_cast<double>(n_);
        long applications = 0;
        integrators::RungeKutta stepper(integrators::dormand_prince, equation, start, options,
                                        applications);
        StepCount steps;
        const auto keep = [&](std::size_t i, const RealMatrix& y) {
            ComplexMatrix u(n_, n_);
            u.real() = y.leftCols(n_);
            u.imag() = y.rightCols(n_);
            if (due[i].second >= 0)
                panel.propagators.col(due[i].second) = u.reshaped();
            else
                panel.outputs.emplace_back(-1 - due[i].second, std::move(u));
        };
        keep(0, start);
        integrators::drive(stepper, at, {}, steps, integrators::Due([&](Index i, double tau) {
                               keep(static_cast<std::size_t>(i), stepper.state(tau));
                           }));
    }

    const DrivenForm& form_;
    Index n_;
    const std::vector<double>& times_;
    double span_, rtol_, max_bytes_;
    double next_ = 0.0;  // length to try
    bool well_ = false;  // whether the last panel was resolved by far
};

}  // namespace

ComplexMatrix Panel::propagator(double t) const {
    const auto n = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(propagators.rows()))));
    return (propagators * place(t)).reshaped(n, n);
}

Eigen::Map<const ComplexMatrix> Panel::at_node(Index node) const {
    const auto n = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(propagators.rows()))));
    return {propagators.col(node).data(), n, n};
}

std::vector<Panel> panels_of(const DrivenForm& form, const std::vector<double>& times, double rtol,
                             double max_bytes) {
    if (times.front() == times.back()) return {};
    return Builder(form, times, rtol, max_bytes).all();
}

}  // namespace redfield::trajectories
