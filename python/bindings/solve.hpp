#pragma once

#include <optional>

#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

namespace bindings {

/// What is solved, where to and how; `run` solves it without the GIL, which what asks Python takes.
template <class Run>
py::tuple solve(Index n, const ComplexArray& rho0, const RealArray& time_array, const Settings& settings,
                const py::list& e_ops, bool store_states, const StopFlag* stop,
                const py::object& progress, const Run& run) {
    const std::vector<double> times = to_times(time_array);
    const auto observables = to_operators(n, e_ops);
    Outputs outputs(n, times.size(), store_states, observables);
    auto recorder =
        outputs.recorder(std::nullopt, observables, static_cast<Index>(times.size()), settings.threads);
    redfield::EvolveStats stats;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        redfield::EvolveOptions options = settings.options();
        options.monitor = std::ref(monitor);
        const RealMatrix packed = to_packed(rho0);
        const redfield::StateView state{packed, redfield::Frame::given};
        stats = run(state, times, options, redfield::Observer(std::ref(recorder)));
    });
    return outputs.finish(stats);
}

}  // namespace bindings
