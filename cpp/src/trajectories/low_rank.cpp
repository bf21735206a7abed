#include "redfield/trajectories/low_rank.hpp"

#include <algorithm>
#include <cmath>

#include "evolve/controller.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "trajectories/columns.hpp"
#include "trajectories/form.hpp"
#include "trajectories/groups.hpp"

namespace redfield::trajectories {

namespace {

/// Rounding of the trace and of the eigenvalues within a step, a level.
constexpr double rounding = 1e-15;

/// The angle by which a jump's image may turn in a step. From e^{iz} over a step Simpson's rule, which
/// the method is for a constant ρ, and two of half the length differ by (1 − cos z/4)²/3, that is not
/// small against the error of the latter until z comes near 8π; up to 4π the error is a quarter of it.
constexpr double longest_angle = 4.0 * EIGEN_PI;

/// The error of two half steps, in differences from the whole one. Of short steps, of fourth order, it is
/// a 15th; a 7th covers third order, which the higher terms of long ones may show.
double error_of_half_steps(double angle) { return angle <= 2.0 * EIGEN_PI ? 1.0 / 7.0 : 1.0 / 3.0; }

/// Lawson's fourth-order step on factors.
class Lawson {
  public:
    Lawson(const Form& form, int threads) : form_(form), threads_(threads) {}

    /// What the expansions of e^{Gt} within a step may change of a ρ of trace 1, in trace norm: three of
    /// them act on the whole of ρ, each twice, once a side; the others on terms of order h.
    static double expansion_error(double drop) { return 8.0 * expansion_tolerance(drop); }

    /// ρ after h. At most a trace of `drop` is left out, and what was is added to `dropped`.
    ComplexMatrix step(const ComplexMatrix& x, double h, double drop, double& dropped) const {
        tolerance_ = expansion_tolerance(drop);
        // A column of k_i comes back with the weight h or less.
        const double of_jumps = 0.1 * drop / h;
        const ComplexMatrix x_half = moved(x, 0.5 * h);
        const ComplexMatrix k1 = jumps_of(x, of_jumps, h, dropped);
        const ComplexMatrix k1_half = moved(k1, 0.5 * h);
        const ComplexMatrix k2 = jumps_of(together(1.0, x_half, 0.5 * h, k1_half), of_jumps, h, dropped);
        const ComplexMatrix k3 = jumps_of(together(1.0, x_half, 0.5 * h, k2), of_jumps, h, dropped);
        const ComplexMatrix x_whole = moved(x_half, 0.5 * h);
        const ComplexMatrix k3_half = moved(k3, 0.5 * h);
        const ComplexMatrix k4 = jumps_of(together(1.0, x_whole, h, k3_half), of_jumps, h, dropped);
        const ComplexMatrix middle = moved(together(h / 6.0, k1_half, h / 3.0, k2), 0.5 * h);
        const ComplexMatrix late = together(1.0, together(1.0, x_whole, h / 3.0, k3_half), h / 6.0, k4);
        return compressed(together(1.0, late, 1.0, middle), 0.5 * drop, threads_, dropped);
    }

  private:
    static double expansion_tolerance(double drop) { return std::max(1e-14, 1e-3 * drop); }
    ComplexMatrix moved(const ComplexMatrix& x, double tau) const {
        return propagated(form_, x, tau, tolerance_, threads_);
    }
    ComplexMatrix jumps_of(const ComplexMatrix& x, double drop, double h, double& dropped) const {
        double gone = 0.0;
        ComplexMatrix out = spanned(jumped(form_.jumps, x, threads_), drop, threads_, gone);
        dropped += h * gone;
        return out;
    }

    const Form& form_;
    int threads_;
    mutable double tolerance_ = 1e-14;
};

}  // namespace

LowRank::LowRank(Operator drift, Operators jumps)
    : form_(std::make_unique<const Form>(form_of(std::move(drift), std::move(jumps)))) {}

LowRank::~LowRank() = default;
LowRank::LowRank(LowRank&&) noexcept = default;

Index LowRank::dimension() const { return form_->dimension(); }

LowRankStats LowRank::run(
    const ComplexMatrix& start, const std::vector<double>& times, const LowRankOptions& options,
    const std::function<void(Index, const ComplexMatrix&, const LowRankStats&)>& observe) const {
    const Index n = dimension(), most = options.max_rank > 0 ? options.max_rank : n;
    require(start.rows() == n && start.cols() > 0, "low rank: the start has ", start.rows(),
            " rows, the system ", n, " levels");
    require(start.allFinite() && start.squaredNorm() > 0.0, "low rank: the start is zero or not finite");
    check(times);
    require(options.rtol > 0.0 && options.rtol < 1.0,
            "low rank: rtol must be positive and less than 1, since two states are never more than 2 "
            "apart in trace norm; got ",
            options.rtol);
    require(observe != nullptr, "low rank: observe is empty");
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    const Lawson lawson(*form_, linalg::resolve_threads(options.threads, n));
    const double span = times.back() - times.front();
    const double rate = std::max(2.0 * form_->bounds.decay, 1e-300);
    const double shortest = 1e-12 * span;
    integrators::StepController controller(5);
    LowRankStats stats;
    const double norm = start.stableNorm();
    ComplexMatrix x = start / norm;
    const auto observed = [&](Index i) {
        LowRankStats told = stats;
        told.error *= norm * norm;
        observe(i, norm * x, told);
    };
    // e^{−𝓖t}𝓙e^{𝓖t} turns with up to twice the bandwidth.
    const double fastest = std::max(4.0 * form_->bounds.half_height, 1e-300);
    const double longest = longest_angle / fastest;
    double h = std::min({span, 0.3 / rate, longest}), now = times.front();
    if (h < shortest)
        throw ConvergenceError(
            "low rank: jumps at a rate of " + std::to_string(rate) +
            " need steps below 1e-12 of the time span; shorten it, or check the units");
    stats.rank = x.cols();
    observed(0);
    for (std::size_t next = 1; next < times.size();) {
        if (times[next] <= now) {
            observed(static_cast<Index>(next++));
            continue;
        }
        linalg::poll((now - times.front()) / span);
        const bool arrives = now + h >= times[next] - shortest;
        const double step = arrives ? times[next] - now : h;
        const double drop = 0.1 * options.rtol * step / span;
        const double of_expansions = 2.0 * Lawson::expansion_error(drop);
        // Rounding counts beside the tolerance, or a step that an output cuts short could never be taken.
        const double allowed = 10.0 * drop + of_expansions + rounding * (16.0 + static_cast<double>(n));
        double lost = 0.0, coarse_lost = 0.0;
        const ComplexMatrix coarse = lawson.step(x, step, 2.0 * drop, coarse_lost);
        const ComplexMatrix half = lawson.step(x, 0.5 * step, drop, lost);
        ComplexMatrix fine = lawson.step(half, 0.5 * step, drop, lost);
        const double trace = fine.squaredNorm();
        if (!(trace > 0.0 && std::isfinite(trace) && coarse.allFinite()))
            throw ConvergenceError(
                "low rank: a step left no finite state; check the units of the rates and the times");
        const double part = error_of_half_steps(fastest * step);
        const double found = trace_distance_of(coarse, fine);
        const double of_step = part * std::max(0.0, found - lost - coarse_lost);
        // The norm puts back what the step and the dropped columns changed of the trace.
        const double error =
            part * (found + lost + coarse_lost) + lost + std::abs(1.0 - trace) + of_expansions;
        const double share =
            std::max(of_step / (0.25 * allowed), error > allowed ? error / allowed : 0.0);
        const double factor = controller.factor(share);
        if (error > allowed) {
            ++stats.rejected;
            controller.rejected(true);
            h = step * factor;
            if (h < shortest)
                throw ConvergenceError(
                    "low rank: the step fell below 1e-12 of the time span; loosen rtol");
            continue;
        }
        controller.rejected(false);
        x = fine / std::sqrt(trace);
        stats.error += error;
        stats.rank = std::max(stats.rank, x.cols());
        ++stats.steps;
        if (x.cols() > most)
            throw ConvergenceError("low rank: the state has a rank of " + std::to_string(x.cols()) +
                                   ", more than max_rank = " + std::to_string(most) +
                                   "; loosen rtol, raise max_rank, or take trajectories");
        now = arrives ? times[next] : now + step;
        // A step cut short by an output says nothing of the next one's length.
        if (!arrives || factor < 1.0 || step >= 0.5 * h) h = std::min(step * factor, longest);
        if (arrives) observed(static_cast<Index>(next++));
    }
    stats.error *= norm * norm;
    return stats;
}

}  // namespace redfield::trajectories
