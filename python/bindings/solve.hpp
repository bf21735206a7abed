#pragma once

#include <optional>

#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

namespace bindings {

/// Has `run(state, times, options, observe)` solve from a state into arrays, without the GIL; the options
/// are those of its family of integrators.
template <class Options, class Run>
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
        auto options = settings.as<Options>();
        options.monitor = std::ref(monitor);
        const RealMatrix packed = to_packed(rho0);
        const redfield::StateView state{packed, redfield::Frame::given};
        stats = run(state, times, options, redfield::Observer<redfield::StateView>(std::ref(recorder)));
    });
    return outputs.finish(stats);
}

}  // namespace bindings
