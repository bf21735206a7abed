#include <redfield/trajectories/driven_jumps.hpp>

#include "driven_arguments.hpp"
#include "interrupt.hpp"
#include "settings.hpp"

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
              double rtol, const std::string& dtype, int threads, std::uint64_t seed, bool keep_kets,
              const StopFlag* stop, const py::object& progress) {
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
    py::array_t<double> weights({static_cast<py::ssize_t>(count), steps});
    std::fill_n(weights.mutable_data(), weights.size(), 1.0);
    record.expectations = expectations.mutable_data();
    if (keep_kets) record.kets = kept.mutable_data();
    record.weights = weights.mutable_data();
    record.jumps = jumps.data();
    const redfield::Precision precision = to_precision(dtype);
    Monitor monitor(stop, progress);
    monitor.run([&] {
        trajectories::Options options;
        options.rtol = rtol;
        options.precision = precision;
        options.threads = threads;
        options.seed = seed;
        options.first = first;
        options.monitor = std::ref(monitor);
        solver.run(count, start, times, observables, options, record);
    });
    return py::make_tuple(expectations, keep_kets ? py::object(kept) : py::none(), weights,
                          to_log(jumps));
}

/// Expectation values (E, T), the factors of each time or that of the last, ranks (T,), estimated errors
/// (T,) and (steps, rejected).
py::tuple run_low_rank(const trajectories::LowRank& solver, const ComplexArray& start,
                       const RealArray& time_array, const py::list& e_ops, double rtol, Index max_rank,
                       int threads, bool keep, const StopFlag* stop, const py::object& progress) {
    const Index n = solver.dimension();
    const std::vector<double> times = to_times(time_array);
    const redfield::Operators observables = to_operators(n, e_ops);
    const ComplexMatrix x0 = to_matrix(start);
    const auto steps = static_cast<py::ssize_t>(times.size());
    py::array_t<Complex> expectations({static_cast<py::ssize_t>(observables.size()), steps});
    py::array_t<std::int64_t> ranks(steps);
    py::array_t<double> errors(steps);
    Complex* values = expectations.mutable_data();
    std::int64_t* rank = ranks.mutable_data();
    double* error = errors.mutable_data();
    std::vector<ComplexMatrix> factors;
    trajectories::LowRankStats stats;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        trajectories::LowRankOptions options;
        options.rtol = rtol;
        options.max_rank = max_rank;
        options.threads = threads;
        options.monitor = std::ref(monitor);
        stats = solver.run(x0, times, options, [&](Index i, const trajectories::LowRankState& state) {
            const ComplexMatrix& x = state.factor;
            for (std::size_t e = 0; e < observables.size(); ++e)
                values[static_cast<Index>(e) * steps + i] = std::visit(
                    [&](const auto& o) { return x.conjugate().cwiseProduct((o * x).eval()).sum(); },
                    observables[e]);
            rank[i] = x.cols();
            error[i] = state.stats.error;
            if (keep || factors.empty())
                factors.push_back(x);
            else
                factors.back() = x;
        });
    });
    py::list kept;
    for (const ComplexMatrix& x : factors) kept.append(to_array(x));
    return py::make_tuple(expectations, kept, ranks, errors, py::make_tuple(stats.steps, stats.rejected));
}

/// Solver::survival of a ket, (T,).
template <class Solver>
py::array_t<double> survival(const Solver& solver, const ComplexArray& ket, const RealArray& time_array,
                             double least, const StopFlag* stop) {
    const ComplexMatrix psi = to_matrix(ket);
    const std::vector<double> times = to_times(time_array);
    redfield::RealVector left;
    Monitor monitor(stop, py::none());
    monitor.run([&] { left = solver.survival(psi.reshaped(), times, least, std::ref(monitor)); });
    py::array_t<double> out(left.size());
    std::copy(left.begin(), left.end(), out.mutable_data());
    return out;
}

/// A solver of an effective Hamiltonian and jumps.
template <class Solver, class... More>
std::unique_ptr<Solver> made(Index n, const py::object& drift, const py::list& jumps, More... more) {
    redfield::Operator g = to_operator(n, drift);
    redfield::Operators l = to_operators(n, jumps);
    return interruptible([&] { return std::make_unique<Solver>(std::move(g), std::move(l), more...); });
}

/// Panels of a driven form, made at times to rtol.
std::unique_ptr<trajectories::DrivenJumps> made_driven(trajectories::DrivenForm form,
                                                       const std::vector<double>& breaks, double max_step,
                                                       const RealArray& time_array, double rtol,
                                                       double max_bytes, const StopFlag* stop) {
    form.breaks = breaks;
    form.max_step = max_step;
    std::vector<double> times = to_times(time_array);
    std::unique_ptr<trajectories::DrivenJumps> out;
    Monitor monitor(stop, py::none());
    monitor.run([&] {
        out = std::make_unique<trajectories::DrivenJumps>(std::move(form), std::move(times), rtol,
                                                          max_bytes, std::ref(monitor));
    });
    return out;
}

/// Part of ∫‖G‖dt that the intervals of the panels may miss.
double action_of(double rtol) { return 0.1 * rtol; }

void bind_driven_jumps(py::module_& m) {
    using redfield::driven::TimeOperator;
    using Driven = redfield::driven::System;
    using trajectories::DrivenForm;
    py::class_<trajectories::DrivenJumps> driven(m, "DrivenJumps");
    driven
        .def_static(
            "lindblad",
            [](const TimeOperator& hamiltonian, std::vector<TimeOperator> jumps,
               const std::vector<double>& breaks, double max_step, const RealArray& times, double rtol,
               double max_bytes, const StopFlag* stop) {
                redfield::driven::Resolution resolution =
                    hamiltonian.resolution(breaks, 2.0, action_of(rtol));
                for (const TimeOperator& l : jumps)
                    resolution.add(l.resolution(breaks, 4.0 * l.largest(), action_of(rtol)));
                DrivenForm form = trajectories::driven_lindblad(hamiltonian, std::move(jumps));
                form.resolution = std::move(resolution);
                return made_driven(std::move(form), breaks, max_step, times, rtol, max_bytes, stop);
            },
            py::arg("hamiltonian"), py::arg("jumps"), py::arg("breaks"), py::arg("max_step"),
            py::arg("times"), py::arg("rtol"), py::arg("max_bytes"), py::arg("stop") = py::none())
        .def_static(
            "in_eigenbasis",
            [](const Driven& system, bool secular, py::object drift, const std::vector<double>& breaks,
               double max_step, const RealArray& times, double rtol, double max_bytes,
               const StopFlag* stop) {
                const std::shared_ptr<py::object> held(new py::object(std::move(drift)),
                                                       [](py::object* f) {
                                                           const py::gil_scoped_acquire gil;
                                                           delete f;
                                                       });
                DrivenForm form = trajectories::driven_in_eigenbasis(system, secular, [held](double t) {
                    const py::gil_scoped_acquire gil;
                    return to_matrix((*held)(t).cast<ComplexArray>());
                });
                form.resolution = system.resolution(breaks, action_of(rtol));
                return made_driven(std::move(form), breaks, max_step, times, rtol, max_bytes, stop);
            },
            py::arg("system"), py::arg("secular"), py::arg("drift"), py::arg("breaks"),
            py::arg("max_step"), py::arg("times"), py::arg("rtol"), py::arg("max_bytes"),
            py::arg("stop") = py::none(),
            "The drift at t is a Python function's, the jump operators follow the eigenbasis of H(t).")
        .def_static(
            "of_kind",
            [](const Driven& system, bool secular, const redfield::Kind& kind,
               const std::vector<double>& breaks, double max_step, const RealArray& times, double rtol,
               double max_bytes, const StopFlag* stop) {
                DrivenForm form =
                    trajectories::driven_in_eigenbasis(system, secular, [system, kind](double t) {
                        const redfield::System now = system.at(redfield::driven::Moment(t));
                        const auto generator = kind(now, 0);
                        redfield::ComplexMatrix g = -generator->decay();
                        g.diagonal() -= Complex(0.0, 1.0) * now.eigensystem().energies().cast<Complex>();
                        return now.eigensystem().from_eigenbasis(g);
                    });
                form.resolution = system.resolution(breaks, action_of(rtol));
                return made_driven(std::move(form), breaks, max_step, times, rtol, max_bytes, stop);
            },
            py::arg("system"), py::arg("secular"), py::arg("kind"), py::arg("breaks"),
            py::arg("max_step"), py::arg("times"), py::arg("rtol"), py::arg("max_bytes"),
            py::arg("stop") = py::none(), "Both follow the eigenbasis of H(t), in the core alone.")
        .def_property_readonly("panels", &trajectories::DrivenJumps::panels)
        .def_property_readonly("dimension", &trajectories::DrivenJumps::dimension)
        .def("run", &run<trajectories::DrivenJumps>, py::arg("first"), py::arg("count"), py::arg("kets"),
             py::arg("probabilities"), py::arg("times"), py::arg("e_ops"), py::arg("rtol"),
             py::arg("dtype"), py::arg("threads"), py::arg("seed"), py::arg("keep_kets"),
             py::arg("stop") = py::none(), py::arg("progress") = py::none())
        .def("survival", &survival<trajectories::DrivenJumps>, py::arg("ket"), py::arg("times"),
             py::arg("least"), py::arg("stop") = py::none());
}

template <class Class>
void def_run(Class& c) {
    using Solver = typename Class::type;
    c.def_property_readonly("dimension", &Solver::dimension)
        .def("run", &run<Solver>, py::arg("first"), py::arg("count"), py::arg("kets"),
             py::arg("probabilities"), py::arg("times"), py::arg("e_ops"), py::arg("rtol"),
             py::arg("dtype"), py::arg("threads"), py::arg("seed"), py::arg("keep_kets"),
             py::arg("stop") = py::none(), py::arg("progress") = py::none())
        .def("survival", &survival<Solver>, py::arg("ket"), py::arg("times"), py::arg("least"),
             py::arg("stop") = py::none());
}

}  // namespace

void bind_trajectories(py::module_& m) {
    py::class_<trajectories::QuantumJumps> jumps(m, "QuantumJumps");
    jumps.def(py::init(&made<trajectories::QuantumJumps>), py::arg("dimension"), py::arg("drift"),
              py::arg("jumps"));
    def_run(jumps);

    py::class_<trajectories::Diffusion> diffusion(m, "Diffusion");
    diffusion.def(py::init(&made<trajectories::Diffusion, double>), py::arg("dimension"),
                  py::arg("drift"), py::arg("jumps"), py::arg("step"));
    def_run(diffusion);

    py::class_<trajectories::LowRank>(m, "LowRank")
        .def(py::init(&made<trajectories::LowRank>), py::arg("dimension"), py::arg("drift"),
             py::arg("jumps"))
        .def_property_readonly("dimension", &trajectories::LowRank::dimension)
        .def("run", &run_low_rank, py::arg("start"), py::arg("times"), py::arg("e_ops"), py::arg("rtol"),
             py::arg("max_rank"), py::arg("threads"), py::arg("keep"), py::arg("stop") = py::none(),
             py::arg("progress") = py::none());

    py::class_<trajectories::EigenstateJumps> eigenstates(m, "EigenstateJumps");
    eigenstates.def(
        py::init([](const RealArray& energies, const RealArray& rates, const ComplexArray& dephasing) {
            return std::make_unique<trajectories::EigenstateJumps>(to_vector(energies), to_matrix(rates),
                                                                   to_matrix(dephasing));
        }),
        py::arg("energies"), py::arg("rates"), py::arg("dephasing"));
    def_run(eigenstates);

    bind_driven_jumps(m);

    m.def(
        "numerical_range",
        [](Index n, const py::object& op) {
            const redfield::Operator o = to_operator(n, op);
            return interruptible([&] {
                const auto box = trajectories::numerical_range(o);
                return std::make_tuple(box.least.real(), box.most.real(), box.least.imag(),
                                       box.most.imag());
            });
        },
        py::arg("dimension"), py::arg("operator"));
}

}  // namespace bindings
