#pragma once

#include <functional>
#include <optional>
#include <redfield/hierarchy/evolve.hpp>
#include <redfield/hierarchy/fermionic.hpp>
#include <redfield/hierarchy/regression.hpp>
#include <redfield/hierarchy/steady_state.hpp>
#include <vector>

#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

/// What Python calls hierarchies of any kind for.
namespace bindings {

/// The vector of a state beside baths in equilibrium, packed matrices (N, N · operators).
template <class AnyHierarchy>
RealMatrix to_start(const AnyHierarchy& hierarchy, const ComplexArray& rho0) {
    const RealMatrix packed = to_packed(rho0);
    return redfield::hierarchy::uncorrelated(
        hierarchy, hierarchy.system().eigensystem().in_frame(hierarchy.frame(),
                                                             {packed, redfield::Frame::given}, 1));
}

/// (states, last, expectations, stats, vector, forces): `vector` the last one of the hierarchy or None,
/// `forces` (T, J, N, N) or None. `solve` is called with times, options, an observer, the place of the
/// last vector and the observer of the lowest tiers.
template <class Options, class AnyHierarchy, class Solve>
py::tuple evolve_hierarchy(const AnyHierarchy& hierarchy, const RealArray& time_array,
                           const Settings& settings, const py::list& e_ops, bool store_states,
                           bool keep_vector, bool keep_forces, const StopFlag* stop,
                           const py::object& progress, const Solve& solve) {
    const Index n = hierarchy.dimension();
    const std::vector<double> times = to_times(time_array);
    const auto observables = to_operators(n, e_ops);
    Outputs outputs(n, times.size(), store_states, observables, settings.precision);
    const auto& eigensystem = hierarchy.system().eigensystem();
    const bool turned = hierarchy.frame() == redfield::Frame::eigenbasis;
    auto recorder =
        outputs.recorder(turned ? std::optional<redfield::Eigensystem>(eigensystem) : std::nullopt,
                         observables, static_cast<Index>(times.size()), settings.threads);
    redfield::EvolveStats stats;
    RealMatrix last;
    std::vector<ComplexMatrix> forces;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        auto options = settings.as<Options>();
        options.monitor = std::ref(monitor);
        redfield::Observer<RealMatrix> lowest;
        if (keep_forces)
            lowest = [&](Index, const RealMatrix& y) {
                for (ComplexMatrix& force : redfield::hierarchy::bath_forces(hierarchy, y))
                    forces.push_back(std::move(force));
            };
        stats = solve(times, options, redfield::Observer<redfield::StateView>(std::ref(recorder)),
                      keep_vector ? &last : nullptr, lowest);
    });
    const py::tuple made = outputs.finish(stats);
    py::object kept = py::none();
    if (keep_forces) {
        const auto couplings = static_cast<py::ssize_t>(redfield::count(hierarchy.system().couplings()));
        kept = to_stack(forces, n).reshape({static_cast<py::ssize_t>(times.size()), couplings,
                                            static_cast<py::ssize_t>(n), static_cast<py::ssize_t>(n)});
    }
    return py::make_tuple(made[0], made[1], made[2], made[3],
                          keep_vector ? py::object(to_array(last)) : py::object(py::none()), kept);
}

/// (state, residual, applications, error, unique, vector, forces (J, N, N)), or (message, count, basis
/// (M, N, N)).
template <class AnyHierarchy>
py::tuple settle_hierarchy(const AnyHierarchy& hierarchy, double tol, int threads, double max_bytes,
                           const py::object& progress, const py::object& rho0) {
    Monitor monitor(nullptr, progress);
    redfield::SteadyOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    std::optional<redfield::hierarchy::SteadySolution> found;
    std::optional<redfield::MultipleSteadyStates> several;
    ComplexMatrix start;
    if (!rho0.is_none()) start = to_matrix(rho0.cast<ComplexArray>());
    monitor.run([&] {
        try {
            found = start.size() == 0 ? redfield::hierarchy::steady_state(hierarchy, options)
                                      : redfield::hierarchy::steady_state(hierarchy, start, options);
        } catch (const redfield::MultipleSteadyStates& error) {
            several = error;
        }
    });
    const Index n = hierarchy.dimension();
    if (!found) return py::make_tuple(several->what(), several->count(), to_stack(several->states(), n));
    return py::make_tuple(to_array(found->state), found->residual, found->applications, found->error,
                          found->unique, to_array(found->vector),
                          to_stack(redfield::hierarchy::bath_forces(hierarchy, found->vector), n));
}

/// The calls that hierarchies of any kind have.
template <class AnyHierarchy>
void bind_calls(py::class_<AnyHierarchy>& bound) {
    bound.def_property_readonly("dimension", &AnyHierarchy::dimension)
        .def_property_readonly("depth", &AnyHierarchy::depth)
        .def_property_readonly("exponentials", &AnyHierarchy::exponentials)
        .def_property_readonly("operators", &AnyHierarchy::planes)
        .def_property_readonly("bytes", &AnyHierarchy::bytes)
        .def_property_readonly(
            "in_eigenbasis",
            [](const AnyHierarchy& self) { return self.frame() == redfield::Frame::eigenbasis; })
        .def(
            "apply",
            [](const AnyHierarchy& self, const RealArray& y, int threads) {
                const RealMatrix in = to_matrix(y);
                RealMatrix out(in.rows(), in.cols());
                interruptible([&] { self.apply(in, out, threads); });
                return to_array(out);
            },
            py::arg("y"), py::arg("threads") = 0, "𝓛y of packed auxiliary operators (N, N · operators).")
        .def(
            "uncorrelated",
            [](const AnyHierarchy& self, const ComplexArray& rho0) {
                return to_array(to_start(self, rho0));
            },
            py::arg("rho0"), "The vector of a state beside baths in equilibrium.")
        .def(
            "evolve",
            [](const AnyHierarchy& self, const RealArray& start, const RealArray& times,
               const Settings& settings, const py::list& e_ops, bool store_states, bool keep_vector,
               bool keep_forces, const StopFlag* stop, const py::object& progress) {
                const RealMatrix vector = to_matrix(start);
                return evolve_hierarchy<redfield::EvolveOptions>(
                    self, times, settings, e_ops, store_states, keep_vector, keep_forces, stop, progress,
                    [&](const auto&... rest) {
                        return redfield::hierarchy::evolve(self, vector, rest...);
                    });
            },
            py::arg("start"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
            py::arg("store_states"), py::arg("keep_vector") = false, py::arg("keep_forces") = false,
            py::arg("stop") = py::none(), py::arg("progress") = py::none())
        .def("steady_state", &settle_hierarchy<AnyHierarchy>, py::arg("tol"), py::arg("threads"),
             py::arg("max_bytes"), py::arg("progress") = py::none(), py::arg("rho0") = py::none());
}

}  // namespace bindings
