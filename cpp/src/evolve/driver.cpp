#include "evolve/driver.hpp"

#include <sstream>

#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::integrators {

namespace {

/// Parts of an interval: an end that is so near is reached; no step is shorter.
constexpr double arrival = 1e-12, shortest = 1e-13;

[[noreturn]] void refuse_step(double t, double longest) {
    std::ostringstream text;
    text << "evolve: at t = " << t << " steps of at most " << longest
         << " are lost in the rounding of times; let the times begin at 0, or take a larger max_step";
    throw ConvergenceError(text.str());
}

[[noreturn]] void refuse_rejection(double t) {
    std::ostringstream text;
    text << "evolve: at t = " << t
         << " the step fell below 1e-13 of the time span or the rounding of the times; loosen rtol and "
            "atol, check whether the equation jumps there, or use another method";
    throw ConvergenceError(text.str());
}

/// The shortest step from t on that the rounding of times leaves, a few of their spacings, but never more
/// than `longest`.
double shortest_step(double t, double longest) {
    const double size = std::abs(t), spacing = std::nextafter(size, 2.0 * size + 1.0) - size;
    if (longest < spacing) refuse_step(t, longest);
    return std::min(4.0 * spacing, longest);
}

/// The ends of the intervals between breaks.
std::vector<double> cuts_of(const std::vector<double>& times, const std::vector<double>& breaks) {
    std::vector<double> cuts{times.front()};
    for (const double b : breaks)
        if (b > cuts.back() && b < times.back()) cuts.push_back(b);
    cuts.push_back(times.back());
    return cuts;
}

}  // namespace

void drive(Stepper& stepper, const std::vector<double>& times, const std::vector<double>& breaks,
           StepCount& count, const Due& due) {
    const double start = times.front(), whole = times.back() - start;
    const std::vector<double> cuts = cuts_of(times, breaks);
    std::size_t next = 1;
    for (; next < times.size() && times[next] <= start; ++next) due(static_cast<Index>(next), 0.0);
    for (std::size_t s = 1; s < cuts.size() && next < times.size(); ++s) {
        const double end = cuts[s], span = end - cuts[s - 1];
        double now = cuts[s - 1], step = stepper.begin(now, end);
        StepController controller = stepper.controller();
        while (now < end) {
            base::poll((now - start) / whole);
            const double longest = stepper.longest(now), least = shortest_step(now, longest);
            step = std::max(std::min(step, longest), least);
            const double target = stepper.interpolates() ? end : std::min(times[next], end);
            const bool arrives = now + step >= target - arrival * span;
            const double h = arrives ? target - now : step;
            const Trial trial = stepper.attempt(now, h);
            const double factor = controller.factor(trial);
            if (!trial.accepted) {
                ++count.rejected;
                step = h * factor;
                if (step < shortest * span || h <= least) refuse_rejection(now);
                continue;
            }
            ++count.steps;
            const double reached = arrives ? target : now + h;
            for (; next < times.size() && times[next] <= reached; ++next)
                due(static_cast<Index>(next), std::min(times[next] - now, h));
            stepper.advance();
            now = reached;
            // A step that was cut short by much says nothing of the next one's length.
            if (!arrives || factor < 1.0 || h >= 0.5 * step) step = h * factor;
        }
    }
}

}  // namespace redfield::integrators
