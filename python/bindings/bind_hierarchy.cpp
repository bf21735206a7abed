#include <pybind11/complex.h>

#include <redfield/hierarchy/correction.hpp>
#include <redfield/hierarchy/driven.hpp>
#include <redfield/hierarchy/spectrum.hpp>

#include "exponentials.hpp"
#include "hierarchy_calls.hpp"

namespace bindings {

namespace {

using redfield::Frame;
using redfield::Hierarchy;
using redfield::System;
using redfield::driven::TimeOperator;

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
    py::class_<Hierarchy> bound(m, "Hierarchy");
    bind_calls(bound);
    bound
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
        .def(
            "evolve_driven",
            [](const Hierarchy& self, const TimeOperator& hamiltonian,
               const std::vector<TimeOperator>& couplings, const std::vector<double>& breaks,
               double max_step, const RealArray& start, const RealArray& times, const Settings& settings,
               const py::list& e_ops, bool store_states, bool keep_vector, bool keep_forces,
               const StopFlag* stop, const py::object& progress) {
                const redfield::hierarchy::Drive drive{hamiltonian, couplings, breaks, max_step};
                const RealMatrix vector = to_matrix(start);
                return evolve_hierarchy<redfield::IntegrationOptions>(
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
