#include "redfield/trajectories/low_rank.hpp"

#include <algorithm>
#include <cmath>

#include "evolve/driver.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
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
class Lawson final : public integrators::Stepper {
  public:
    Lawson(const Form& form, ComplexMatrix start, double span, const LowRankOptions& options,
           LowRankStats& stats)
        : form_(form),
          threads_(base::resolve_threads(options.threads, form.dimension())),
          most_(options.max_rank > 0 ? options.max_rank : form.dimension()),
          rtol_(options.rtol),
          span_(span),
          rate_(std::max(2.0 * form.bounds.decay, 1e-300)),
          fastest_(std::max(4.0 * form.bounds.half_height, 1e-300)),
          stats_(stats),
          x_(std::move(start)) {
        stats_.rank = x_.cols();
    }

    double begin(double first, double last) override {
        const double step = std::min({last - first, 0.3 / rate_, longest_angle / fastest_});
        if (step < 1e-12 * (last - first))
            throw ConvergenceError(
                "low rank: jumps at a rate of " + std::to_string(rate_) +
                " need steps below 1e-12 of the time span; shorten it, or check the units");
        return step;
    }
    double longest(double) const override { return longest_angle / fastest_; }
    integrators::StepController controller() const override {
        return integrators::StepController::proportional_integral(5);
    }
    bool interpolates() const override { return false; }

    integrators::Trial attempt(double, double h) override {
        const double drop = 0.1 * rtol_ * h / span_;
        const double of_expansions = 2.0 * expansion_error(drop);
        // Rounding counts beside the tolerance, or a step that an output cuts short could never be taken.
        const double allowed =
            10.0 * drop + of_expansions + rounding * (16.0 + static_cast<double>(form_.dimension()));
        double lost = 0.0, coarse_lost = 0.0;
        const ComplexMatrix coarse = step(x_, h, 2.0 * drop, coarse_lost);
        const ComplexMatrix half = step(x_, 0.5 * h, drop, lost);
        next_ = step(half, 0.5 * h, drop, lost);
        const double trace = next_.squaredNorm();
        if (!(trace > 0.0 && std::isfinite(trace) && coarse.allFinite()))
            throw ConvergenceError(
                "low rank: a step left no finite state; check the units of the rates and the times");
        const double part = error_of_half_steps(fastest_ * h);
        const double difference = trace_distance_of(coarse, next_);
        const double of_step = part * std::max(0.0, difference - lost - coarse_lost);
        // The norm puts back what the step and the dropped columns changed of the trace.
        const double error =
            part * (difference + lost + coarse_lost) + lost + std::abs(1.0 - trace) + of_expansions;
        next_ /= std::sqrt(trace);
        const bool accepted = error <= allowed;
        if (accepted) account(error);
        return {accepted, std::max(of_step / (0.25 * allowed), accepted ? 0.0 : error / allowed)};
    }
    void advance() override { x_ = next_; }

    const ComplexMatrix& state(double tau) const { return tau == 0.0 ? x_ : next_; }

  private:
    static double expansion_tolerance(double drop) { return std::max(1e-14, 1e-3 * drop); }
    /// The change of a ρ of trace 1 by the expansions of e^{Gt} within a step, in trace norm: three of
    /// them act on the whole of ρ, each twice, once a side; the others on terms of order h.
    static double expansion_error(double drop) { return 8.0 * expansion_tolerance(drop); }

    void account(double error) {
        stats_.error += error;
        stats_.rank = std::max(stats_.rank, next_.cols());
        if (next_.cols() > most_)
            throw ConvergenceError("low rank: the state has a rank of " + std::to_string(next_.cols()) +
                                   ", more than max_rank = " + std::to_string(most_) +
                                   "; loosen rtol, raise max_rank, or take trajectories");
    }

    /// ρ after h. At most a trace of `drop` is left out, and what was is added to `dropped`.
    ComplexMatrix step(const ComplexMatrix& x, double h, double drop, double& dropped) {
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
    Index most_;
    double rtol_, span_;
    double rate_;     ///< of the jumps
    double fastest_;  ///< e^{−𝓖t}𝓙e^{𝓖t} turns with up to twice the bandwidth
    LowRankStats& stats_;
    double tolerance_ = 1e-14;
    ComplexMatrix x_, next_;  ///< normalised
};

}  // namespace

LowRank::LowRank(Operator drift, Operators jumps)
    : form_(std::make_unique<const Form>(form_of(std::move(drift), std::move(jumps)))) {}

LowRank::~LowRank() = default;
LowRank::LowRank(LowRank&&) noexcept = default;

Index LowRank::dimension() const { return form_->dimension(); }

LowRankStats LowRank::run(const ComplexMatrix& start, const std::vector<double>& times,
                          const LowRankOptions& options, const Observer<LowRankState>& observe) const {
    const Index n = dimension();
    require(start.rows() == n && start.cols() > 0, "low rank: the start has ", start.rows(),
            " rows, the system ", n, " levels");
    require(start.allFinite() && start.squaredNorm() > 0.0, "low rank: the start is zero or not finite");
    check(times);
    require(options.rtol > 0.0 && options.rtol < 1.0,
            "low rank: rtol must be positive and less than 1, since two states are never more than 2 "
            "apart in trace norm; got ",
            options.rtol);
    require(observe != nullptr, "low rank: observe is empty");
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const double norm = start.stableNorm();
    LowRankStats stats;
    Lawson stepper(*form_, start / norm, times.back() - times.front(), options, stats);
    const auto due = [&](Index i, double tau) {
        LowRankStats so_far = stats;
        so_far.error *= norm * norm;
        const ComplexMatrix factor = norm * stepper.state(tau);
        observe(i, {factor, so_far});
    };
    due(0, 0.0);
    integrators::drive(stepper, times, {}, stats, due);
    stats.error *= norm * norm;
    return stats;
}

}  // namespace redfield::trajectories
