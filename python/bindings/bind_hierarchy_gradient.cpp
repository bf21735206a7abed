#include <pybind11/complex.h>

#include <redfield/hierarchy/gradient.hpp>

#include "interrupt.hpp"
#include "outputs.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::Hierarchy;
using redfield::Sensitivity;
using redfield::hierarchy::HierarchyGradient;

/// The sensitivity of Redfield's equation to Γ of each coupling's bath, of which it needs no values.
std::unique_ptr<Sensitivity> second_order_of(const Hierarchy& hierarchy, int threads, double max_bytes) {
    const Index n = hierarchy.dimension(), couplings = redfield::count(hierarchy.system().couplings());
    redfield::Baths baths;
    redfield::KernelTables tables;
    for (Index j = 0; j < couplings; ++j) {
        baths.of_coupling.push_back(j);
        baths.tables.emplace_back(RealMatrix::Constant(n, n, 0.5), RealMatrix::Zero(n, n));
        tables.left.push_back({ComplexMatrix::Zero(n, n), ComplexMatrix::Zero(n, n)});
    }
    return redfield::sensitivity(hierarchy.system().with_baths(std::move(baths)), std::move(tables),
                                 threads, max_bytes);
}

/// (H, couplings (K, N, N), [(coefficients, rates, remainder)] of each coupling's bath, Γ (K, N, N)).
py::tuple to_hierarchy_gradient(const HierarchyGradient& gradient, const Sensitivity& second_order) {
    const Index n = gradient.hamiltonian.rows();
    py::list baths;
    for (const redfield::Exponentials& bath : gradient.baths)
        baths.append(py::make_tuple(to_array(ComplexMatrix(bath.coefficients)),
                                    to_array(ComplexMatrix(bath.rates)), bath.remainder));
    return py::make_tuple(to_array(gradient.hamiltonian), to_stack(gradient.couplings, n), baths,
                          to_stack(second_order.gradient().left, n));
}

/// (gradient, residual, applications).
py::tuple hierarchy_steady_gradient(const Hierarchy& hierarchy, const RealArray& vector,
                                    const ComplexArray& observable, double tol, int threads,
                                    double max_bytes, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::SteadyOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    const RealMatrix x = to_matrix(vector);
    const ComplexMatrix weight = to_matrix(observable);
    std::unique_ptr<Sensitivity> second_order;
    redfield::hierarchy::SteadyGradient found;
    monitor.run([&] {
        second_order = second_order_of(hierarchy, threads, max_bytes);
        found = redfield::hierarchy::steady_gradient(hierarchy, x, weight, options, second_order.get());
    });
    return py::make_tuple(to_hierarchy_gradient(found.gradient, *second_order), found.residual,
                          found.applications);
}

/// (gradient, value, of rho0, of times, stats).
py::tuple hierarchy_evolution_gradient(const Hierarchy& hierarchy, const ComplexArray& rho0,
                                       const RealArray& times, const std::vector<ComplexArray>& weights,
                                       const Settings& settings, double stored_bytes,
                                       const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::EvolutionGradientOptions options;
    static_cast<redfield::EvolveOptions&>(options) = settings.as<redfield::EvolveOptions>();
    options.stored_bytes = stored_bytes;
    options.monitor = std::ref(monitor);
    const ComplexMatrix start = to_matrix(rho0);
    const std::vector<ComplexMatrix> each = to_matrices(weights);
    const std::vector<double> at = to_times(times);
    std::unique_ptr<Sensitivity> second_order;
    redfield::hierarchy::PathGradient found;
    monitor.run([&] {
        second_order = second_order_of(hierarchy, settings.threads, settings.max_bytes);
        found = redfield::hierarchy::evolution_gradient(hierarchy, start, at, each, options,
                                                        second_order.get());
    });
    return py::make_tuple(to_hierarchy_gradient(found.gradient, *second_order), found.value,
                          to_array(found.rho0), to_array(found.times), to_dict(found.stats));
}

}  // namespace

void bind_hierarchy_gradient(py::module_& m) {
    m.def("hierarchy_steady_gradient", &hierarchy_steady_gradient, py::arg("hierarchy"),
          py::arg("vector"), py::arg("observable"), py::arg("tol"), py::arg("threads"),
          py::arg("max_bytes"), py::arg("progress") = py::none());
    m.def("hierarchy_evolution_gradient", &hierarchy_evolution_gradient, py::arg("hierarchy"),
          py::arg("rho0"), py::arg("times"), py::arg("weights"), py::arg("settings"),
          py::arg("stored_bytes"), py::arg("progress") = py::none());
}

}  // namespace bindings
