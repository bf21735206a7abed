#include "driven/commutator_free.hpp"

#include <algorithm>
#include <cmath>

#include "redfield/evolve/evolve.hpp"

namespace redfield::driven {

namespace {

const double root3 = std::sqrt(3.0);

/// Parts of ‖ρ‖ that rounding changes in a step and in one exponential.
constexpr double rounding_of_step = 1e-13, rounding_of_exponential = 1e-14;

}  // namespace

CommutatorFree::CommutatorFree(const Drive& drive, const RealMatrix& start, double span,
                               const Options& options, EvolveStats& stats)
    : drive_(drive), options_(options), stats_(stats), span_(span), start_(start) {
    inner_.threads = options.threads;
    inner_.max_bytes = options.max_bytes;
    inner_.rtol = 0.0;
    // The caller is not told the progress of a single exponential.
    inner_.monitor = [this](double) { return !options_.monitor || options_.monitor(-1.0); };
}

double CommutatorFree::begin(double first, double last) {
    return std::min({drive_.max_step, last - first, span_ / 64.0});
}

double CommutatorFree::longest(double t) const {
    return std::min(drive_.max_step, drive_.resolution.longest(t));
}

integrators::Trial CommutatorFree::attempt(double t, double h) {
    t_ = t;
    h_ = h;
    const double total = options_.atol + options_.rtol * start_.norm();
    // Rounding is no reason for a shorter step.
    const double allowed = std::max(total * h / span_, rounding_of_step * start_.norm());
    tolerance_ = 0.1 * allowed;
    const RealMatrix coarse = step(t, h, start_, tolerance_);
    const RealMatrix half = step(t, 0.5 * h, start_, 0.5 * tolerance_);
    fine_ = step(t + 0.5 * h, 0.5 * h, half, 0.5 * tolerance_);
    // A third: of the second-order part; the rest is smaller by a fifteenth.
    const double ratio = (fine_ - coarse).norm() / 3.0 / allowed;
    return {ratio <= 1.0, ratio};
}

const RealMatrix& CommutatorFree::state(double tau) {
    if (tau == 0.0) return start_;
    if (tau >= h_ * (1.0 - 1e-12)) return fine_;
    output_ = step(t_, tau, start_, tolerance_);
    return output_;
}

/// The state h after t; `tolerance` is that of the whole step, in the norm of packed states.
RealMatrix CommutatorFree::step(double t, double h, const RealMatrix& rho, double tolerance) {
    const double middle = t + 0.5 * h, offset = root3 / 6.0 * h, weight = 0.5 + root3 / 3.0;
    inner_.atol = std::max(0.25 * tolerance, rounding_of_exponential * rho.norm());
    const Moment early(middle - offset, middle + offset, weight);
    const Moment late(middle + offset, middle - offset, weight);
    return exponential(late, 0.5 * h, exponential(early, 0.5 * h, rho));
}

RealMatrix CommutatorFree::exponential(const Moment& moment, double h, const RealMatrix& rho) {
    const auto generator = drive_.generator(moment);
    RealMatrix out;
    const EvolveStats each = redfield::evolve(
        *generator, {rho, Frame::given}, {0.0, h}, inner_, Observer<StateView>([&](Index i, StateView s) {
            if (i == 1) out = generator->eigensystem().in_frame(Frame::given, s, options_.threads);
        }));
    stats_.applications += each.applications;
    return out;
}

}  // namespace redfield::driven
