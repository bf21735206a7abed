#include <pybind11/complex.h>

#include <redfield/hierarchy/correction.hpp>
#include <redfield/hierarchy/spectrum.hpp>

#include "hierarchy_calls.hpp"

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
                         double negligible) {
                 const std::vector<redfield::Exponentials> exponentials = to_exponentials(sums);
                 return interruptible([&] {
                     return std::make_unique<Hierarchy>(system, exponentials, depth, max_bytes,
                                                        negligible);
                 });
             }),
             py::arg("system"), py::arg("exponentials"), py::arg("depth"), py::arg("max_bytes"),
             py::arg("negligible") = 0.0)
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
