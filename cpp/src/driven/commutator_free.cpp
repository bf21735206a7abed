#include "driven/commutator_free.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "evolve/methods.hpp"
#include "redfield/evolve/evolve.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::driven {

namespace {

const double root3 = std::sqrt(3.0);

/// One step, as the two exponentials it is made of.
class Stepper {
  public:
    Stepper(const Drive& drive, const EvolveOptions& options, EvolveStats& stats)
        : drive_(drive), options_(options), stats_(stats) {
        inner_.method = Method::automatic;
        inner_.threads = options.threads;
        inner_.max_bytes = options.max_bytes;
        // The caller is not told the progress of a single exponential.
        inner_.monitor = [this](double) { return !options_.monitor || options_.monitor(-1.0); };
    }

    /// ρ(t + h) from ρ(t); `tolerance` is that of the whole step, in the norm of packed states.
    RealMatrix operator()(double t, double h, const RealMatrix& rho, double tolerance) {
        const double middle = t + 0.5 * h, offset = root3 / 6.0 * h, weight = 0.5 + root3 / 3.0;
        inner_.rtol = 0.0;
        inner_.atol = std::max(0.25 * tolerance, 1e-14 * rho.norm());
        const Moment early(middle - offset, middle + offset, weight);
        const Moment late(middle + offset, middle - offset, weight);
        return exponential(late, 0.5 * h, exponential(early, 0.5 * h, rho));
    }

  private:
    RealMatrix exponential(const Moment& moment, double h, const RealMatrix& rho) {
        const auto generator = drive_.generator(moment);
        RealMatrix out;
        const EvolveStats each = redfield::evolve(
            *generator, {rho, Frame::given}, {0.0, h}, inner_, [&](Index i, StateView s) {
                if (i == 1) out = generator->eigensystem().in_frame(Frame::given, s, options_.threads);
            });
        stats_.applications += each.applications;
        return out;
    }

    const Drive& drive_;
    const EvolveOptions& options_;
    EvolveOptions inner_;
    EvolveStats& stats_;
};

}  // namespace

void commutator_free(const Drive& drive, const RealMatrix& rho0, const std::vector<double>& times,
                     double span, const EvolveOptions& options, const integrators::Observe& observe,
                     EvolveStats& stats) {
    Stepper step(drive, options, stats);
    const double end = times.back();
    const double whole = std::min(drive.max_step, end - times.front());
    double t = times.front(), h = std::min(whole, span / 64.0);
    RealMatrix rho = rho0;
    std::size_t next = 1;
    while (next < times.size()) {
        linalg::poll((t - times.front()) / span);
        const double longest = std::min(drive.max_step, drive.resolution.longest(t));
        const double least = integrators::shortest_step(t, longest);
        h = std::max(std::min({h, whole, longest}), least);
        const bool last = t + h >= end - 1e-12 * span;
        if (last) h = end - t;
        const double total = options.atol + options.rtol * rho.norm();
        // Rounding is no reason for a shorter step.
        const double allowed = std::max(total * h / span, 1e-13 * rho.norm());
        const double inner = 0.1 * allowed;
        const RealMatrix one = step(t, h, rho, inner);
        const RealMatrix half = step(t, 0.5 * h, rho, 0.5 * inner);
        const RealMatrix fine = step(t + 0.5 * h, 0.5 * h, half, 0.5 * inner);
        // A third: of the second-order part; the rest is smaller by a fifteenth.
        const double error = (fine - one).norm() / 3.0;
        const double ratio = error / allowed;
        const double factor = std::clamp(0.85 * std::pow(std::max(ratio, 1e-10), -0.25), 0.2, 4.0);
        if (!(ratio <= 1.0)) {
            ++stats.rejected;
            const double previous = h;
            h *= std::isfinite(ratio) ? std::min(factor, 0.9) : 0.2;
            if (h < 1e-12 * span || previous <= least)
                throw ConvergenceError("evolve: at t = " + std::to_string(t) +
                                       " the step fell below 1e-12 of the time span; the equation jumps "
                                       "there, or rtol and atol are below rounding");
            continue;
        }
        for (; next < times.size() && (last || times[next] <= t + h); ++next) {
            const double tau = times[next] - t;
            const bool at_end = tau >= h * (1.0 - 1e-12);
            observe(static_cast<Index>(next), at_end ? fine : step(t, tau, rho, inner));
        }
        rho = fine;
        t += h;
        h *= factor;
        ++stats.steps;
    }
}

}  // namespace redfield::driven
