#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::EvolveOptions;
using redfield::EvolveStats;
using redfield::Generator;

py::tuple evolve_one(const Generator& generator, const ComplexArray& rho0, const RealArray& time_array,
                     const Settings& settings, const py::list& e_ops, bool store_states,
                     const StopFlag* stop, const py::object& progress) {
    const std::vector<double> times = to_times(time_array);
    const auto observables = to_operators(generator.dimension(), e_ops);
    Outputs outputs(generator.dimension(), times.size(), store_states, observables, settings.precision);
    auto recorder = outputs.recorder(generator.eigensystem(), observables,
                                     static_cast<Index>(times.size()), settings.threads);
    EvolveStats stats;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        auto options = settings.as<EvolveOptions>();
        options.monitor = std::ref(monitor);
        const RealMatrix packed = to_packed(rho0);
        stats = redfield::evolve(generator, {packed, redfield::Frame::given}, times, options,
                                 std::ref(recorder));
    });
    return outputs.finish(stats);
}

/// One tuple a member, or the exception that ended it.
py::list evolve_many(const std::vector<const Generator*>& generators,
                     const std::vector<ComplexArray>& rho0, const RealArray& time_array,
                     const Settings& settings, const py::list& e_ops, bool store_states,
                     const py::object& progress) {
    if (rho0.size() != generators.size())
        throw py::value_error("as many states as generators are needed");
    const std::vector<double> times = to_times(time_array);
    const auto observables = to_operators(generators.empty() ? 0 : generators[0]->dimension(), e_ops);
    std::vector<Outputs> outputs;
    std::vector<redfield::Recorder> recorders;
    std::vector<redfield::EnsembleMember> members;
    recorders.reserve(generators.size());
    for (std::size_t i = 0; i < generators.size(); ++i) {
        const Generator& g = *generators[i];
        outputs.emplace_back(g.dimension(), times.size(), store_states, observables, settings.precision);
        recorders.push_back(
            outputs.back().recorder(g.eigensystem(), observables, static_cast<Index>(times.size()), 1));
        members.push_back({&g, to_density_matrix(rho0[i]), std::ref(recorders.back())});
    }
    redfield::EnsembleOutcome outcome;
    Monitor monitor(nullptr, progress);
    monitor.run([&] {
        auto options = settings.as<EvolveOptions>();
        options.monitor = std::ref(monitor);
        outcome = redfield::evolve_ensemble(members, times, options);
    });
    py::list out;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (outcome.errors[i])
            out.append(to_exception(outcome.errors[i]));
        else
            out.append(outputs[i].finish(outcome.stats[i]));
    return out;
}

py::tuple distance(const Generator& a, const Generator& b, const ComplexArray& rho0,
                   const RealArray& time_array, const Settings& settings, const StopFlag* stop,
                   const py::object& progress) {
    const ComplexMatrix start = to_matrix(rho0);
    const std::vector<double> times = to_times(time_array);
    redfield::DistanceResult result;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        auto options = settings.as<EvolveOptions>();
        options.monitor = std::ref(monitor);
        result = redfield::trace_norm_distance(a, b, start, times, options);
    });
    return py::make_tuple(py::array(py::cast(result.distance)), to_dict(result.a), to_dict(result.b));
}

template <class Names>
std::vector<std::string> to_names(const Names& names) {
    std::vector<std::string> out;
    for (const auto& [name, value] : names) out.emplace_back(name);
    return out;
}

}  // namespace

void bind_evolve(py::module_& m) {
    py::class_<StopFlag>(
        m, "StopFlag", "A flag that another thread sets to end a computation, which raises Interrupted.")
        .def(py::init<>())
        .def("set", &StopFlag::set)
        .def("is_set", &StopFlag::is_set);

    m.def(
        "stop_thread_with", [](const StopFlag* flag) { thread_stop = flag; }, py::arg("flag"),
        "Ends every later computation of this thread, until it is called with None; keep the flag "
        "alive.");

    m.def(
        "poll",
        [] {
            if (thread_stop != nullptr && thread_stop->is_set()) throw redfield::Interrupted();
        },
        "Raises Interrupted where this thread is to stop: for loops of Python.");

    m.def(
        "equal_steps",
        [](const RealArray& times) {
            std::vector<std::pair<std::size_t, double>> runs;
            for (const redfield::EqualSteps& run : redfield::equal_steps(to_times(times)))
                runs.emplace_back(run.count, run.length);
            return runs;
        },
        py::arg("times"),
        "(count, length) of the longest runs of equal steps that reach ascending times within rounding.");

    m.def(
        "methods", [] { return to_names(redfield::method_names); },
        "Names of the integrators of a constant generator.");
    m.def(
        "driven_methods", [] { return to_names(redfield::driven::method_names); },
        "Names of the integrators of a generator that depends on time.");

    m.attr("LEAST_RTOL_OF_SINGLE") = redfield::least_rtol_of_single;

    py::class_<Settings>(m, "Settings")
        .def(py::init([](const std::string& method, double rtol, double atol, double max_bytes,
                         int threads, const std::string& dtype) {
                 return Settings{method, rtol, atol, max_bytes, threads, to_precision(dtype)};
             }),
             py::arg("method"), py::arg("rtol"), py::arg("atol"), py::arg("max_bytes"),
             py::arg("threads"), py::arg("dtype") = "float64");

    m.def("evolve", &evolve_one, py::arg("generator"), py::arg("rho0"), py::arg("times"),
          py::arg("settings"), py::arg("e_ops"), py::arg("store_states"), py::arg("stop") = py::none(),
          py::arg("progress") = py::none());
    m.def("evolve_ensemble", &evolve_many, py::arg("generators"), py::arg("rho0"), py::arg("times"),
          py::arg("settings"), py::arg("e_ops"), py::arg("store_states"),
          py::arg("progress") = py::none());
    m.def("trace_norm_distance", &distance, py::arg("a"), py::arg("b"), py::arg("rho0"), py::arg("times"),
          py::arg("settings"), py::arg("stop") = py::none(), py::arg("progress") = py::none());
}

}  // namespace bindings
