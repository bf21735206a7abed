#include "floquet/run_in_modes.hpp"

#include <algorithm>
#include <cmath>

#include "driven/run.hpp"
#include "evolve/checks.hpp"
#include "floquet/frames.hpp"
#include "floquet/period_map.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::floquet {

namespace {

/// The breaks of the first period, in each from `first` to `last`.
std::vector<double> repeated(const Modes& modes, const std::vector<double>& breaks, double first,
                             double last) {
    std::vector<double> out;
    if (breaks.empty()) return out;
    for (double p = std::floor((first - modes.start()) / modes.period());
         modes.start() + p * modes.period() < last; ++p)
        for (const double b : breaks) {
            const double at = b + p * modes.period();
            if (at > first && at < last) out.push_back(at);
        }
    std::sort(out.begin(), out.end());
    return out;
}

/// The part of a state that the dissipator changes in a period, at most 1, judged at a few moments of it.
double change_in_a_period(integrators::StepEquation& equation, const Modes& modes, double first) {
    constexpr int moments = 8;
    const Index n = modes.dimension();
    double change = 0.0;
    RealMatrix unit = RealMatrix::Zero(n, n), moved;
    equation.enter(first, first + modes.period());
    for (int i = 0; i < moments; ++i) {
        equation.start(first + modes.period() * (i + 0.5) / moments);
        for (Index k = 0; k < n; ++k) {
            unit(k, k) = 1.0;
            equation.derivative(0.0, unit, moved);
            unit(k, k) = 0.0;
            change = std::max(change, moved.norm() * modes.period());
        }
    }
    return std::clamp(change, 1e-280, 1.0);
}

}  // namespace

EvolveStats run_in_modes(const Modes& modes, StateView start, const std::vector<double>& times,
                         const IntegrationOptions& options, const Observer<StateView>& observe,
                         const std::vector<double>& breaks, driven::InteractionPicture& equation) {
    const double longest = equation.longest(0.0);
    const driven::Run run(modes.dimension(), start, times, options, longest, observe);
    Frames frames(modes, times);
    const auto tell = [&](Index i, const RealMatrix& rho) {
        const ComplexMatrix back = frames.at(i);
        observe(i, {pack(back * unpack(rho) * back.adjoint()), Frame::given});
    };
    const ComplexMatrix turn = frames.at(0);
    const RealMatrix rho0 = pack(turn.adjoint() * unpack(start.packed) * turn);
    if (!period_map_pays_off(modes, times)) {
        integrators::refuse_hopeless(6.0 * (times.back() - times.front()) / longest);
        return run.dopri5(equation, rho0, repeated(modes, breaks, times.front(), times.back()), tell);
    }
    EvolveStats stats;
    stats.method = name_of(driven::method_names, driven::Method::dopri5);
    const SolveBetween between = [&](const RealMatrix& from, double first, double last,
                                     double tolerance) {
        IntegrationOptions own = options;
        own.rtol = 0.0;
        own.atol = tolerance;
        integrators::RungeKutta stepper(integrators::dormand_prince, equation, from, own,
                                        stats.applications);
        RealMatrix out;
        integrators::drive(stepper, {first, last}, repeated(modes, breaks, first, last), stats,
                           Observer<RealMatrix>([&](Index, const RealMatrix& rho) { out = rho; }));
        return out;
    };
    const auto integrate = [&](const Observer<RealMatrix>& output) {
        const double change = change_in_a_period(equation, modes, times.front());
        evolve_by_periods(modes, rho0, times, options, between, change, output);
    };
    run.solve(rho0, true, tell, integrate, stats);
    return stats;
}

}  // namespace redfield::floquet
