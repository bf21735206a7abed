#include <pybind11/complex.h>

#include <redfield/hierarchy/correction.hpp>
#include <redfield/hierarchy/evolve.hpp>
#include <redfield/hierarchy/steady_state.hpp>

#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::Frame;
using redfield::Hierarchy;
using redfield::System;

/// (coefficients, rates, remainder) of each bath.
using Sums = std::vector<std::tuple<ComplexArray, ComplexArray, redfield::Complex>>;

std::vector<redfield::Exponentials> to_exponentials(const Sums& sums) {
    std::vector<redfield::Exponentials> out;
    for (const auto& [coefficients, rates, remainder] : sums)
        out.push_back({Eigen::Map<const Eigen::VectorXcd>(coefficients.data(), coefficients.size()),
                       Eigen::Map<const Eigen::VectorXcd>(rates.data(), rates.size()), remainder});
    return out;
}

py::tuple evolve(const Hierarchy& hierarchy, const ComplexArray& rho0, const RealArray& time_array,
                 const Settings& settings, const py::list& e_ops, bool store_states, const StopFlag* stop,
                 const py::object& progress) {
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
    Monitor monitor(stop, progress);
    monitor.run([&] {
        auto options = settings.as<redfield::EvolveOptions>();
        options.monitor = std::ref(monitor);
        const RealMatrix packed = to_packed(rho0);
        const RealMatrix start = redfield::hierarchy::uncorrelated(
            hierarchy, eigensystem.in_frame(hierarchy.frame(), {packed, Frame::given}, 1));
        stats = redfield::hierarchy::evolve(hierarchy, start, times, options, std::ref(recorder));
    });
    return outputs.finish(stats);
}

/// (state, residual, applications, error, currents), or (message, count, basis (M, N, N)).
py::tuple steady_state(const Hierarchy& hierarchy, double tol, int threads, double max_bytes,
                       const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::SteadyOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    std::optional<redfield::hierarchy::SteadySolution> found;
    std::optional<redfield::MultipleSteadyStates> several;
    monitor.run([&] {
        try {
            found = redfield::hierarchy::steady_state(hierarchy, options);
        } catch (const redfield::MultipleSteadyStates& error) {
            several = error;
        }
    });
    if (!found)
        return py::make_tuple(several->what(), several->count(),
                              to_stack(several->states(), hierarchy.dimension()));
    return py::make_tuple(to_array(found->state), found->residual, found->applications, found->error);
}

}  // namespace

void bind_hierarchy(py::module_& m) {
    py::class_<Hierarchy>(m, "Hierarchy")
        .def(py::init([](const System& system, const Sums& sums, int depth, double max_bytes,
                         double negligible) {
                 const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
                 return interruptible([&] {
                     return std::make_unique<Hierarchy>(system, exponentials, depth, max_bytes,
                                                        negligible);
                 });
             }),
             py::arg("system"), py::arg("exponentials"), py::arg("depth"), py::arg("max_bytes"),
             py::arg("negligible") = 0.0)
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
        .def("evolve", &evolve, py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
             py::arg("store_states"), py::arg("stop") = py::none(), py::arg("progress") = py::none())
        .def("steady_state", &steady_state, py::arg("tol"), py::arg("threads"), py::arg("max_bytes"),
             py::arg("progress") = py::none())
        .def_static(
            "bytes_of",
            [](const System& system, const Sums& sums, int depth, double negligible) {
                const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
                return interruptible(
                    [&] { return Hierarchy::bytes_of(system, exponentials, depth, negligible); });
            },
            py::arg("system"), py::arg("exponentials"), py::arg("depth"), py::arg("negligible") = 0.0)
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
