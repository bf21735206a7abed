#include "redfield/evolve/evolve.hpp"

#include <algorithm>

#include "evolve/checks.hpp"
#include "evolve/methods.hpp"
#include "evolve/run.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/evolve/recorder.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

Method choose(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
              Method requested, std::vector<Index>& elements) {
    if (requested == Method::closed_form)
        require(generator.closed_form() != nullptr,
                "evolve: this equation has no closed-form propagator");
    if (requested != Method::automatic) return requested;
    const double cost = integrators::cost_of_closed_form(generator, times);
    if (cost == 0.0) return Method::closed_form;
    return integrators::cheapest(generator, rho0, times, cost, elements);
}

}  // namespace

EvolveStats evolve(const Generator& generator, StateView given, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer<StateView>& observe) {
    const integrators::Run run(generator.dimension(), given, times, options, observe);
    if (options.precision == Precision::single) {
        integrators::check_single(options.rtol);
        require(integrators::tableau_of(options.method) == nullptr,
                "evolve: single precision is for the method \"chebyshev\"");
    }
    const Frame told = generator.frame();
    const int threads = base::resolve_threads(options.threads, generator.dimension());
    RealMatrix moved;
    if (given.frame != told) moved = generator.eigensystem().in_frame(told, given, threads);
    std::vector<Index> elements;
    const Method method =
        choose(generator, given.frame == told ? given.packed : moved, times, options.method, elements);
    const auto single = options.precision == Precision::single && method == Method::chebyshev
                            ? generator.single()
                            : nullptr;
    const Frame frame = single ? single->frame() : told;
    EvolveStats stats;
    stats.method = name_of(method_names, method);
    stats.frame = frame;
    stats.precision = single ? Precision::single : Precision::full;
    if (given.frame != frame && frame != told)
        moved = generator.eigensystem().in_frame(frame, given, threads);
    const RealMatrix& rho0 = given.frame == frame ? given.packed : moved;
    const auto tell = [&](Index i, const RealMatrix& rho) {
        if (frame == told)
            observe(i, {rho, frame});
        else
            observe(i, {generator.eigensystem().in_frame(told, {rho, frame}, threads), told});
    };
    const auto integrate = [&](const Observer<RealMatrix>& output) {
        if (const integrators::Tableau* pair = integrators::tableau_of(method)) {
            integrators::runge_kutta(*pair, generator, rho0, times, options, output, stats);
            return;
        }
        switch (method) {
            case Method::closed_form:
                integrators::closed_form(generator, rho0, times, options, output, stats);
                break;
            case Method::exponential:
                integrators::exponential(generator, rho0, times, options, std::move(elements), output,
                                         stats);
                break;
            default:
                if (single)
                    integrators::chebyshev(generator, *single, rho0, times, options, output, stats);
                else
                    integrators::chebyshev(generator, rho0, times, options, output, stats);
                break;
        }
    };
    run.solve(rho0, generator.conserves_trace(), tell, integrate, stats);
    return stats;
}

EvolveStats evolve(const Generator& generator, const ComplexMatrix& rho0,
                   const std::vector<double>& times, const EvolveOptions& options,
                   const Observer<ComplexMatrix>& observe) {
    require(static_cast<bool>(observe), "evolve: the observer is empty");
    const Index n = generator.dimension();
    const int threads = base::resolve_threads(options.threads, n);
    const RealMatrix start = pack_state(rho0, n);
    return evolve(generator, {start, Frame::given}, times, options, [&](Index i, StateView rho) {
        const RealMatrix given = generator.eigensystem().in_frame(Frame::given, rho, threads);
        observe(i, unpack(given));
    });
}

Evolution evolve(const Generator& generator, const ComplexMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options) {
    Evolution out;
    out.times = times;
    out.stats = evolve(generator, rho0, times, options,
                       [&](Index, const ComplexMatrix& rho) { out.states.push_back(rho); });
    return out;
}

Expectations expectations(const Generator& generator, const ComplexMatrix& rho0,
                          const std::vector<double>& times, const Operators& observables,
                          const EvolveOptions& options) {
    using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Index n = generator.dimension(), count = static_cast<Index>(times.size());
    const RealMatrix start = pack_state(rho0, n);
    RowMajor values(static_cast<Index>(observables.size()), count), last(n, n);
    OutputBuffers buffers;
    buffers.expectations = values.data();
    buffers.final_state = last.data();
    Recorder recorder(n, generator.eigensystem(), observables, count, buffers, options.threads);
    Expectations out;
    out.stats = evolve(generator, {start, Frame::given}, times, options, std::ref(recorder));
    out.times = times;
    out.values = values;
    out.final_state = last;
    return out;
}

}  // namespace redfield
