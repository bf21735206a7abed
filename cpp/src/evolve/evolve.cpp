#include "redfield/evolve/evolve.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

#include "evolve/methods.hpp"
#include "evolve/output_check.hpp"
#include "redfield/evolve/recorder.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

namespace integrators {

namespace {

/// Applications of the generator, and steps, that take a day of eight levels.
constexpr double most_applications = 1e11, most_steps = 1e10;

}  // namespace

void refuse_hopeless(double applications) {
    if (applications <= most_applications) return;
    std::ostringstream text;
    text << "evolve: this method needs about " << applications
         << " applications of the generator; the bandwidth or the rates times the time span are too "
            "large. Check the units, shorten the times, or use method \"exponential\" for a small system";
    throw ConvergenceError(text.str());
}

void refuse_short_steps(double max_step, double span) {
    require(span <= max_step * most_steps, "evolve: max_step = ", max_step, " must be at least ",
            1.0 / most_steps, " of the time span ", span);
}

double shortest_step(double t, double longest) {
    const double size = std::abs(t), spacing = std::nextafter(size, 2.0 * size + 1.0) - size;
    if (longest < spacing) {
        std::ostringstream text;
        text << "evolve: at t = " << t << " steps of at most " << longest
             << " are lost in the rounding of times; let the times begin at 0, or take a larger max_step";
        throw ConvergenceError(text.str());
    }
    return std::min(4.0 * spacing, longest);
}

void check_single(double rtol) {
    require(rtol >= least_rtol_of_single, "single precision is for rtol >= ", least_rtol_of_single,
            ", got ", rtol);
}

void check_rounding_of_single(double reach, double span, Index n, Frame frame, double rtol) {
    constexpr double farthest = 1e30;  // floats end at 3e38
    require(reach < farthest && (reach == 0.0 || reach > 1.0 / farthest),
            "single precision: energies of ", reach, " are out of its range, take other units");
    // Each application rounds the state, by chance; a matrix that is rounded errs the same way each time.
    const double applications = reach * span, unit = 6e-8;
    const double by_chance = unit * std::sqrt(static_cast<double>(n) * applications);
    const double error = by_chance + (frame == Frame::given ? 0.25 * unit * applications : 0.0);
    require(error <= rtol, "single precision: rounding leaves an error of about ", error,
            " after a time of ", span, " with energies of ", reach, ", more than rtol = ", rtol,
            "; take double precision, a shorter time or a larger rtol");
}

void check(Index n, const RealMatrix& rho0, const std::vector<double>& times,
           const EvolveOptions& options) {
    require(rho0.rows() == n && rho0.cols() == n, "evolve: rho0 is ", rho0.rows(), " x ", rho0.cols(),
            ", the system has ", n, " levels");
    require(rho0.allFinite(), "evolve: rho0 has an entry that is NaN or infinite");
    require(!times.empty(), "evolve: times is empty");
    for (std::size_t i = 0; i < times.size(); ++i) {
        require(std::isfinite(times[i]), "evolve: times[", i, "] is not finite");
        require(i == 0 || times[i] >= times[i - 1], "evolve: times must ascend, times[", i, "] does not");
    }
    require(std::isfinite(times.back() - times.front()), "evolve: the times span more than 1e308");
    require(options.rtol >= 0.0 && options.atol >= 0.0 && options.rtol + options.atol > 0.0,
            "evolve: rtol and atol must not be negative, nor both zero");
    if (options.precision == Precision::full) return;
    check_single(options.rtol);
    require(options.method != Method::dopri5 && options.method != Method::magnus,
            "evolve: single precision is for the method \"chebyshev\"");
}

}  // namespace integrators

namespace {

Method choose(const Generator& generator, const std::vector<double>& times, Method requested,
              const Propagator* closed_form) {
    if (requested == Method::closed_form)
        require(closed_form != nullptr, "evolve: this equation has no closed-form propagator");
    require(requested != Method::magnus, "evolve: method \"magnus\" is of equations that depend on time");
    if (requested != Method::automatic) return requested;
    const double cost = closed_form == nullptr ? -1.0 : closed_form->cost(times);
    if (cost == 0.0) return Method::closed_form;
    return integrators::cheapest(generator, times, cost);
}

}  // namespace

EvolveStats evolve(const Generator& generator, StateView given, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer& observe) {
    integrators::check(generator.dimension(), given.packed, times, options);
    require(static_cast<bool>(observe), "evolve: the observer is empty");
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    const auto begin = std::chrono::steady_clock::now();
    const auto closed_form = generator.propagator();
    EvolveStats stats;
    stats.method = choose(generator, times, options.method, closed_form.get());
    const auto single = options.precision == Precision::single && stats.method == Method::chebyshev
                            ? generator.single()
                            : nullptr;
    const Frame told = generator.frame(), frame = single ? single->frame() : told;
    stats.frame = frame;
    stats.precision = single ? Precision::single : Precision::full;
    const int threads = linalg::resolve_threads(options.threads, generator.dimension());
    RealMatrix moved;
    if (given.frame != frame) moved = generator.eigensystem().in_frame(frame, given, threads);
    const RealMatrix& rho0 = given.frame == frame ? given.packed : moved;
    const integrators::OutputCheck check_output(rho0, options, generator.conserves_trace());
    const integrators::Observe checked = [&](Index i, const RealMatrix& rho) {
        check_output(i, rho);
        if (frame == told)
            observe(i, {rho, frame});
        else
            observe(i, {generator.eigensystem().in_frame(told, {rho, frame}, threads), told});
    };
    checked(0, rho0);
    switch (stats.method) {
        case Method::closed_form:
            closed_form->propagate(rho0, times,
                                   std::max(integrators::allowed_error(rho0, options),
                                            integrators::rounding_floor * rho0.norm()),
                                   checked, linalg::poll);
            stats.steps = static_cast<long>(times.size()) - 1;
            break;
        case Method::dopri5:
            integrators::dopri5(generator, rho0, times, options, checked, stats);
            break;
        case Method::exponential:
            integrators::exponential(generator, rho0, times, options, checked, stats);
            break;
        default:
            if (single)
                integrators::chebyshev(generator, *single, rho0, times, options, checked, stats);
            else
                integrators::chebyshev(generator, rho0, times, options, checked, stats);
            break;
    }
    stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return stats;
}

EvolveStats evolve(const Generator& generator, const ComplexMatrix& rho0,
                   const std::vector<double>& times, const EvolveOptions& options,
                   const StateObserver& observe) {
    require(static_cast<bool>(observe), "evolve: the observer is empty");
    const Index n = generator.dimension();
    const int threads = linalg::resolve_threads(options.threads, n);
    const RealMatrix start = pack_state(rho0, n);
    return evolve(generator, {start, Frame::given}, times, options, [&](Index i, StateView rho) {
        const RealMatrix given = generator.eigensystem().in_frame(Frame::given, rho, threads);
        observe(i, times[static_cast<std::size_t>(i)], unpack(given));
    });
}

Evolution evolve(const Generator& generator, const ComplexMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options) {
    Evolution out;
    out.times = times;
    out.stats = evolve(generator, rho0, times, options,
                       [&](Index, double, const ComplexMatrix& rho) { out.states.push_back(rho); });
    return out;
}

Expectations expectations(const Generator& generator, const ComplexMatrix& rho0,
                          const std::vector<double>& times, const Operators& observables,
                          const EvolveOptions& options) {
    using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Index n = generator.dimension(), count = static_cast<Index>(times.size());
    const RealMatrix start = pack_state(rho0, n);
    RowMajor values(static_cast<Index>(observables.size()), count), last(n, n);
    RecordMemory memory;
    memory.expectations = values.data();
    memory.final_state = last.data();
    Recorder recorder(n, generator.eigensystem(), observables, count, memory, options.threads);
    Expectations out;
    out.stats = evolve(generator, {start, Frame::given}, times, options, std::ref(recorder));
    out.times = times;
    out.values = values;
    out.final_state = last;
    return out;
}

}  // namespace redfield
