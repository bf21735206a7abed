#include "interrupt.hpp"

namespace bindings {

namespace {

namespace trajectories = redfield::trajectories;

redfield::Operator to_operator(Index n, const py::object& op) {
    py::list one;
    one.append(op);
    return std::move(to_operators(n, one)[0]);
}

/// (which trajectory, when, by which operator) of every jump.
py::tuple to_log(const std::vector<std::vector<trajectories::Jump>>& jumps) {
    std::size_t size = 0;
    for (const auto& each : jumps) size += each.size();
    py::array_t<std::int64_t> trajectory(static_cast<py::ssize_t>(size)),
        channel(static_cast<py::ssize_t>(size));
    py::array_t<double> time(static_cast<py::ssize_t>(size));
    py::ssize_t at = 0;
    for (std::size_t s = 0; s < jumps.size(); ++s)
        for (const trajectories::Jump& jump : jumps[s]) {
            trajectory.mutable_at(at) = static_cast<std::int64_t>(s);
            time.mutable_at(at) = jump.time;
            channel.mutable_at(at++) = jump.channel;
        }
    return py::make_tuple(trajectory, time, channel);
}

/// Expectation values (S, E, T), kets (S, T, N) or None, weights (S, T), the jumps.
template <class Solver>
py::tuple run(const Solver& solver, std::int64_t first, std::int64_t count, const ComplexArray& kets,
              const RealArray& probabilities, const RealArray& time_array, const py::list& e_ops,
              double rtol, int threads, std::uint64_t seed, bool keep_kets, const StopFlag* stop,
              const py::object& progress) {
    const Index n = solver.dimension();
    const trajectories::Start start{to_matrix(kets), to_vector(probabilities)};
    const std::vector<double> times = to_times(time_array);
    const auto observables = to_operators(n, e_ops);
    const auto steps = static_cast<py::ssize_t>(times.size());
    py::array_t<Complex> expectations(
        {static_cast<py::ssize_t>(count), static_cast<py::ssize_t>(observables.size()), steps});
    py::array_t<Complex> kept({static_cast<py::ssize_t>(keep_kets ? count : 0), steps, n});
    std::vector<std::vector<trajectories::Jump>> jumps(static_cast<std::size_t>(count));
    trajectories::Record record;
    record.expectations = expectations.mutable_data();
    if (keep_kets) record.kets = kept.mutable_data();
    py::array_t<double> weights({static_cast<py::ssize_t>(count), steps});
    std::fill_n(weights.mutable_data(), weights.size(), 1.0);
    record.weights = weights.mutable_data();
    record.jumps = jumps.data();
    Monitor monitor(stop, progress);
    monitor.run([&] {
        trajectories::Options options;
        options.rtol = rtol;
        options.threads = threads;
        options.seed = seed;
        options.first = first;
        options.monitor = std::ref(monitor);
        solver.run(count, start, times, observables, options, record);
    });
    return py::make_tuple(expectations, keep_kets ? py::object(kept) : py::none(), weights,
                          to_log(jumps));
}

template <class Class>
void def_run(Class& c) {
    using Solver = typename Class::type;
    c.def_property_readonly("dimension", &Solver::dimension)
        .def("run", &run<Solver>, py::arg("first"), py::arg("count"), py::arg("kets"),
             py::arg("probabilities"), py::arg("times"), py::arg("e_ops"), py::arg("rtol"),
             py::arg("threads"), py::arg("seed"), py::arg("keep_kets"), py::arg("stop") = py::none(),
             py::arg("progress") = py::none());
}

}  // namespace

void bind_trajectories(py::module_& m) {
    py::class_<trajectories::QuantumJumps> jumps(m, "QuantumJumps");
    jumps.def(py::init([](Index n, const py::object& drift, const py::list& operators) {
                  redfield::Operator g = to_operator(n, drift);
                  redfield::Operators l = to_operators(n, operators);
                  return interruptible([&] {
                      return std::make_unique<trajectories::QuantumJumps>(std::move(g), std::move(l));
                  });
              }),
              py::arg("dimension"), py::arg("drift"), py::arg("jumps"));
    def_run(jumps);

    py::class_<trajectories::Diffusion> diffusion(m, "Diffusion");
    diffusion.def(py::init([](Index n, const py::object& drift, const py::list& operators, double step) {
                      redfield::Operator g = to_operator(n, drift);
                      redfield::Operators l = to_operators(n, operators);
                      return interruptible([&] {
                          return std::make_unique<trajectories::Diffusion>(std::move(g), std::move(l),
                                                                           step);
                      });
                  }),
                  py::arg("dimension"), py::arg("drift"), py::arg("jumps"), py::arg("step"));
    def_run(diffusion);

    py::class_<trajectories::EigenstateJumps> eigenstates(m, "EigenstateJumps");
    eigenstates.def(
        py::init([](const RealArray& energies, const RealArray& rates, const ComplexArray& dephasing) {
            return std::make_unique<trajectories::EigenstateJumps>(to_vector(energies), to_matrix(rates),
                                                                   to_matrix(dephasing));
        }),
        py::arg("energies"), py::arg("rates"), py::arg("dephasing"));
    def_run(eigenstates);
}

}  // namespace bindings
