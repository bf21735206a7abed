#include <pybind11/complex.h>

#include <redfield/hierarchy/correction.hpp>
#include <redfield/hierarchy/driven.hpp>
#include <redfield/hierarchy/evolve.hpp>
#include <redfield/hierarchy/regression.hpp>
#include <redfield/hierarchy/spectrum.hpp>
#include <redfield/hierarchy/steady_state.hpp>

#include "exponentials.hpp"
#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::Frame;
using redfield::Hierarchy;
using redfield::System;
using redfield::driven::TimeOperator;

/// (N, N) packed matrices of a vector.
RealMatrix to_start(const Hierarchy& hierarchy, const ComplexArray& rho0) {
    const RealMatrix packed = to_packed(rho0);
    return redfield::hierarchy::uncorrelated(
        hierarchy,
        hierarchy.system().eigensystem().in_frame(hierarchy.frame(), {packed, Frame::given}, 1));
}

/// (states, last, expectations, stats, vector, forces): `vector` the last one of the hierarchy or None,
/// `forces` (T, J, N, N) or None. `solve` is called with times, options, an observer, the place of the
/// last vector and the observer of the lowest tiers.
template <class Options, class Solve>
py::tuple evolve(const Hierarchy& hierarchy, const RealArray& time_array, const Settings& settings,
                 const py::list& e_ops, bool store_states, bool keep_vector, bool keep_forces,
                 const StopFlag* stop, const py::object& progress, const Solve& solve) {
    const Index n = hierarchy.dimension();
    const std::vector<double> times = to_times(time_array);
    const auto observables = to_operators(n, e_ops);
    Outputs outputs(n, times.size(), store_states, observables, settings.precision);
    const auto& eigensystem = hierarchy.system().eigensystem();
    const bool turned = hierarchy.frame() == Frame::eigenbasis;
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
        const auto couplings = static_cast<py::ssize_t>(hierarchy.baths().size());
        kept = to_stack(forces, n).reshape({static_cast<py::ssize_t>(times.size()), couplings,
                                            static_cast<py::ssize_t>(n), static_cast<py::ssize_t>(n)});
    }
    return py::make_tuple(made[0], made[1], made[2], made[3],
                          keep_vector ? py::object(to_array(last)) : py::object(py::none()), kept);
}

/// (state, residual, applications, error, unique, vector, forces (J, N, N)), or (message, count, basis
/// (M, N, N)).
py::tuple steady_state(const Hierarchy& hierarchy, double tol, int threads, double max_bytes,
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

/// (eigenvalues, modes, gap, complete, applications).
py::tuple spectrum(const Hierarchy& hierarchy, Index k, double tol, int threads, double max_bytes) {
    Monitor monitor(nullptr, py::none());
    redfield::SpectrumOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    redfield::Spectrum found;
    monitor.run([&] { found = redfield::hierarchy::spectrum(hierarchy, k, options); });
    return py::make_tuple(py::array(py::cast(found.eigenvalues)),
                          to_stack(found.modes, hierarchy.dimension()), found.gap, found.complete,
                          found.applications);
}

/// (values, residual, applications).
py::tuple resolvent_trace(const Hierarchy& hierarchy, const ComplexArray& a, const RealArray& first,
                          const RealArray& second, const std::vector<Complex>& z, double tol, int threads,
                          double max_bytes, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::ResolventOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    redfield::ResolventTrace found;
    const ComplexMatrix observed = to_matrix(a);
    const redfield::hierarchy::VectorPair y{to_matrix(first), to_matrix(second)};
    monitor.run(
        [&] { found = redfield::hierarchy::resolvent_trace(hierarchy, observed, y, z, options); });
    return py::make_tuple(py::array(py::cast(found.values)), found.residual, found.applications);
}

}  // namespace

void bind_hierarchy(py::module_& m) {
    py::class_<Hierarchy>(m, "Hierarchy")
        .def(py::init([](const System& system, const Sums& sums, int depth, double max_bytes,
                         double negligible, bool apart) {
                 const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
                 return interruptible([&] {
                     return std::make_unique<Hierarchy>(system, exponentials, depth, max_bytes,
                                                        negligible, apart);
                 });
             }),
             py::arg("system"), py::arg("exponentials"), py::arg("depth"), py::arg("max_bytes"),
             py::arg("negligible") = 0.0, py::arg("apart") = false)
        .def_property_readonly("dimension", &Hierarchy::dimension)
        .def_property_readonly("depth", &Hierarchy::depth)
        .def_property_readonly("exponentials", &Hierarchy::exponentials)
        .def_property_readonly("operators", &Hierarchy::planes)
        .def_property_readonly("bytes", &Hierarchy::bytes)
        .def_property_readonly("in_eigenbasis",
                               [](const Hierarchy& self) { return self.frame() == Frame::eigenbasis; })
        .def(
            "apply",
            [](const Hierarchy& self, const RealArray& y, int threads) {
                const RealMatrix in = to_matrix(y);
                RealMatrix out(in.rows(), in.cols());
                interruptible([&] { self.apply(in, out, threads); });
                return to_array(out);
            },
            py::arg("y"), py::arg("threads") = 0, "𝓛y of packed auxiliary operators (N, N · operators).")
        .def(
            "uncorrelated",
            [](const Hierarchy& self, const ComplexArray& rho0) {
                return to_array(to_start(self, rho0));
            },
            py::arg("rho0"), "The vector of a state beside baths in equilibrium.")
        .def(
            "evolve",
            [](const Hierarchy& self, const RealArray& start, const RealArray& times,
               const Settings& settings, const py::list& e_ops, bool store_states, bool keep_vector,
               bool keep_forces, const StopFlag* stop, const py::object& progress) {
                const RealMatrix vector = to_matrix(start);
                return evolve<redfield::EvolveOptions>(
                    self, times, settings, e_ops, store_states, keep_vector, keep_forces, stop, progress,
                    [&](const auto&... rest) {
                        return redfield::hierarchy::evolve(self, vector, rest...);
                    });
            },
            py::arg("start"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
            py::arg("store_states"), py::arg("keep_vector") = false, py::arg("keep_forces") = false,
            py::arg("stop") = py::none(), py::arg("progress") = py::none())
        .def(
            "evolve_driven",
            [](const Hierarchy& self, const TimeOperator& hamiltonian,
               const std::vector<TimeOperator>& couplings, const std::vector<double>& breaks,
               double max_step, const RealArray& start, const RealArray& times, const Settings& settings,
               const py::list& e_ops, bool store_states, bool keep_vector, bool keep_forces,
               const StopFlag* stop, const py::object& progress) {
                const redfield::hierarchy::Drive drive{hamiltonian, couplings, breaks, max_step};
                const RealMatrix vector = to_matrix(start);
                return evolve<redfield::IntegrationOptions>(
                    self, times, settings, e_ops, store_states, keep_vector, keep_forces, stop, progress,
                    [&](const auto&... rest) {
                        return redfield::hierarchy::evolve(self, drive, vector, rest...);
                    });
            },
            py::arg("hamiltonian"), py::arg("couplings"), py::arg("breaks"), py::arg("max_step"),
            py::arg("start"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
            py::arg("store_states"), py::arg("keep_vector") = false, py::arg("keep_forces") = false,
            py::arg("stop") = py::none(), py::arg("progress") = py::none(),
            "With H(t) in the place of H, and A_j(t) of couplings kept apart where any are given.")
        .def("steady_state", &steady_state, py::arg("tol"), py::arg("threads"), py::arg("max_bytes"),
             py::arg("progress") = py::none(), py::arg("rho0") = py::none())
        .def("spectrum", &spectrum, py::arg("k"), py::arg("tol"), py::arg("threads"),
             py::arg("max_bytes"))
        .def(
            "multiplied",
            [](const Hierarchy& self, const RealArray& y, const ComplexArray& before,
               const ComplexArray& after) {
                const auto parts = redfield::hierarchy::multiplied(self, to_matrix(y), to_matrix(before),
                                                                   to_matrix(after));
                return py::make_tuple(to_array(parts.first), to_array(parts.second));
            },
            py::arg("y"), py::arg("before"), py::arg("after"),
            "X and Y of BρC = X + iY for every auxiliary operator ρ.")
        .def("resolvent_trace", &resolvent_trace, py::arg("a"), py::arg("first"), py::arg("second"),
             py::arg("z"), py::arg("tol"), py::arg("threads"), py::arg("max_bytes"),
             py::arg("progress") = py::none())
        .def_static(
            "bytes_of",
            [](const System& system, const Sums& sums, int depth, double negligible, bool apart) {
                const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
                return interruptible(
                    [&] { return Hierarchy::bytes_of(system, exponentials, depth, negligible, apart); });
            },
            py::arg("system"), py::arg("exponentials"), py::arg("depth"), py::arg("negligible") = 0.0,
            py::arg("apart") = false)
        .def_static(
            "operators_of",
            [](const System& system, const Sums& sums, int depth, double negligible) {
                const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
                return interruptible(
                    [&] { return Hierarchy::planes_of(system, exponentials, depth, negligible); });
            },
            py::arg("system"), py::arg("exponentials"), py::arg("depth"), py::arg("negligible"))
        .def_static(
            "count_exponentials",
            [](const Sums& sums) { return Hierarchy::count_exponentials(to_exponentials(sums)); },
            py::arg("exponentials"));

    m.def(
        "steady_correction",
        [](const System& system, const Sums& sums, const std::vector<ComplexArray>& states, int threads,
           double max_bytes) {
            const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
            const std::vector<ComplexMatrix> given = to_matrices(states);
            std::vector<ComplexMatrix> found;
            interruptible([&] {
                found = redfield::hierarchy::steady_corrections(system, exponentials, given, threads,
                                                                max_bytes);
            });
            return to_stack(found, given.empty() ? 0 : given[0].rows());
        },
        py::arg("system"), py::arg("exponentials"), py::arg("states"), py::arg("threads"),
        py::arg("max_bytes"));
}

}  // namespace bindings
