#include "redfield/evolve/evolve.hpp"

#include <chrono>
#include <cmath>
#include <sstream>
#include <string>

#include "evolve/methods.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

namespace integrators {

void refuse_hopeless(double applications) {
    constexpr double limit = 1e11;  // a day of eight levels
    if (applications <= limit) return;
    std::ostringstream text;
    text << "evolve: this method needs about " << applications
         << " applications of the generator; the bandwidth or the rates times the time span are too "
            "large. Check the units, shorten the times, or use method \"exponential\" for a small system";
    throw ConvergenceError(text.str());
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
}

}  // namespace integrators

namespace {

Method choose(const Generator& generator, const std::vector<double>& times, Method requested,
              const Propagator* closed_form) {
    if (requested == Method::closed_form)
        require(closed_form != nullptr, "evolve: this equation has no closed-form propagator");
    require(requested != Method::magnus, "evolve: method \"magnus\" is of equations that depend on time");
    if (requested != Method::automatic) return requested;
    if (closed_form != nullptr) return Method::closed_form;
    return integrators::exponential_pays_off(generator, times) ? Method::exponential : Method::chebyshev;
}

}  // namespace

EvolveStats evolve(const Generator& generator, StateView given, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer& observe) {
    integrators::check(generator.dimension(), given.packed, times, options);
    const Frame frame = generator.frame();
    RealMatrix moved;
    if (given.frame != frame)
        moved = generator.eigensystem().in_frame(
            frame, given, linalg::resolve_threads(options.threads, generator.dimension()));
    const RealMatrix& rho0 = given.frame == frame ? given.packed : moved;
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    const auto begin = std::chrono::steady_clock::now();
    const auto closed_form = generator.propagator();
    EvolveStats stats;
    stats.frame = frame;
    stats.method = choose(generator, times, options.method, closed_form.get());
    // No result leaves the core that is not finite.
    const integrators::Observe checked = [&](Index i, const RealMatrix& rho) {
        if (!rho.allFinite())
            throw ConvergenceError("evolve: the solution is not finite at times[" + std::to_string(i) +
                                   "]; check the units of the Hamiltonian, the rates and the times");
        observe(i, {rho, frame});
    };
    checked(0, rho0);
    switch (stats.method) {
        case Method::closed_form:
            closed_form->propagate(rho0, times, checked, linalg::poll);
            stats.steps = static_cast<long>(times.size()) - 1;
            break;
        case Method::dopri5:
            integrators::dopri5(generator, rho0, times, options, checked, stats);
            break;
        case Method::exponential:
            integrators::exponential(generator, rho0, times, options, checked, stats);
            break;
        default:
            integrators::chebyshev(generator, rho0, times, options, checked, stats);
            break;
    }
    stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return stats;
}

Evolution evolve(const Generator& generator, const ComplexMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options) {
    require(rho0.rows() == generator.dimension() && rho0.cols() == generator.dimension(),
            "evolve: rho0 is ", rho0.rows(), " x ", rho0.cols(), ", the system has ",
            generator.dimension(), " levels");
    const int threads = linalg::resolve_threads(options.threads, generator.dimension());
    const Eigensystem& eigen = generator.eigensystem();
    Evolution out;
    out.times = times;
    out.states.resize(times.size());
    const RealMatrix start = pack(rho0);
    out.stats = evolve(generator, {start, Frame::given}, times, options, [&](Index i, StateView rho) {
        out.states[static_cast<std::size_t>(i)] = unpack(eigen.in_frame(Frame::given, rho, threads));
    });
    return out;
}

}  // namespace redfield
