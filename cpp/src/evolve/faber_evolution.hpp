#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include "evolve/checks.hpp"
#include "evolve/faber_step.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// The end of the next step and the number of outputs (from `next` on) it covers.
struct Plan {
    double length;
    std::size_t outputs;
};

inline Plan plan_step(const std::vector<double>& times, std::size_t next, double now, double longest,
                      double state_bytes) {
    const double remaining = times.back() - now;
    const double steps = std::max(1.0, std::ceil(remaining / longest));
    const auto room = static_cast<std::size_t>(std::clamp(buffer_bytes / state_bytes, 4.0, 4096.0));
    Plan plan{steps == 1.0 ? remaining : remaining / steps, 0};
    const double slack = 1e-12 * remaining;
    while (next + plan.outputs < times.size() && plan.outputs < room &&
           times[next + plan.outputs] - now <= plan.length + slack)
        ++plan.outputs;
    // Ending on an output saves a column, and a full buffer must end there.
    if (plan.outputs > 0) {
        const double last = times[next + plan.outputs - 1] - now;
        if (plan.outputs == room || last >= 0.5 * plan.length) plan.length = last;
    }
    return plan;
}

/// Solves ẏ = 𝓛y, 𝓛 being map.apply(y, 𝓛y, ws) with its spectrum within `region`, by steps of the Faber
/// expansion whose lengths and ellipse are chosen for the whole interval. An observer is told the first
/// `observed` columns, and the last state, whole, is returned. N = y.rows() turns norms into trace norms;
/// y's leading N×N block has the trace, or `trace` is it.
///
/// An application costs `application` nanoseconds, by which the lengths of steps with many outputs are
/// chosen.
///
/// In full precision a spectrum in a box is looked for where it is likely. An expansion that grows shows
/// that it reaches further: the step is repeated with a wider region.
template <class Scalar, class Map>
MatrixOf<Scalar> expand(const Map& map, Region region, const RealMatrix& first_state, Index observed,
                        const std::vector<double>& times, const EvolveOptions& options,
                        linalg::BasicWorkspace<Scalar>& ws, const Observer<RealMatrix>& observe,
                        EvolveStats& stats, std::optional<double> trace = {},
                        double application = std::numeric_limits<double>::infinity()) {
    using Limits = Rounding<Scalar>;
    const Index n = first_state.rows();
    MatrixOf<Scalar> state = first_state.cast<Scalar>();
    const auto tell = [&](std::size_t i, const auto& rho) {
        observe(static_cast<Index>(i), RealMatrix(rho.template cast<double>()));
    };
    const double start = times.front(), span = times.back() - start;
    // ‖X‖_F ≤ ‖X‖₁ ≤ √N‖X‖_F turns the tolerance in trace norm into one for the packed state, relative to
    // the norm of the first.
    const double norm = std::max(first_state.norm(), 1e-300);
    const double scale = std::max(norm, std::abs(trace.value_or(first_state.trace())));
    const double allowed =
        (options.rtol * scale + options.atol) / std::sqrt(static_cast<double>(n)) / norm;
    // Rounding may grow until it is some share of what is allowed.
    const double budget =
        std::clamp(std::log(Limits::share * allowed / Limits::unit), 2.0, largest_budget);
    // Rounding of single precision is all of what is allowed, and has no room to grow.
    if (std::is_same_v<Scalar, double> && region.knee == 0.0) region = Region::likely(region.box, span);
    const OutputCost outputs_cost = OutputCost::of(times, n * observed, application);
    Ellipse ellipse = exactly_in<Scalar>(Ellipse::around(region, span, budget, outputs_cost));
    refuse_hopeless(ellipse.reach() * span);
    if (options.precision == Precision::single)
        check_rounding_of_single(ellipse.reach(), span, n, stats.frame, options.rtol);
    double now = start;
    std::size_t next = 1;
    int widened = 0;
    while (next < times.size()) {
        if (ellipse.reach() == 0.0 || times.back() == now) {  // nothing moves, or no time passes
            for (; next < times.size(); ++next) tell(next, state.leftCols(observed));
            break;
        }
        const Plan plan = plan_step(times, next, now, ellipse.longest_step,
                                    sizeof(Scalar) * static_cast<double>(n * observed));
        std::vector<double> outputs;
        for (std::size_t i = 0; i < plan.outputs; ++i)
            outputs.push_back(std::min(times[next + i] - now, plan.length));
        if (outputs.empty() || outputs.back() < plan.length) outputs.push_back(plan.length);
        // `allowed` is relative to the first state, whose norm a pure one may pass.
        const double relative = norm / std::max(static_cast<double>(state.norm()), 1e-300);
        const double tolerance = std::max(allowed * relative * plan.length / span, Limits::unit);
        FaberStep<Scalar, Map> step(map, state, observed, ellipse, outputs, tolerance, ws);
        const bool inside = step.run(
            stats, [&](double fraction) { base::poll((now - start + fraction * plan.length) / span); });
        if (!inside) {
            region = region.wider();
            ellipse = exactly_in<Scalar>(Ellipse::around(region, span, budget, outputs_cost));
            ++stats.rejected;
            if (++widened > 40)
                throw ConvergenceError(
                    "evolve: the Chebyshev expansion keeps growing, the generator's spectrum has no "
                    "bound; check that the baths' spectra are finite, or use method \"dopri5\"");
            continue;
        }
        for (std::size_t i = 0; i < plan.outputs; ++i) tell(next + i, step.output(static_cast<Index>(i)));
        state = step.end();
        now = outputs.size() == plan.outputs ? times[next + plan.outputs - 1] : now + plan.length;
        next += plan.outputs;
        ++stats.steps;
    }
    return state;
}

}  // namespace redfield::integrators
