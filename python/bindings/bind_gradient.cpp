#include <pybind11/complex.h>

#include "interrupt.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::Generator;
using redfield::Sensitivity;
using redfield::SlopedTable;
using redfield::System;

/// (value, slope) of each bath.
using Tables = std::vector<std::pair<ComplexArray, ComplexArray>>;

std::vector<SlopedTable> to_tables(const Tables& tables) {
    std::vector<SlopedTable> out;
    for (const auto& [value, slope] : tables) out.push_back({to_matrix(value), to_matrix(slope)});
    return out;
}

redfield::KernelTables to_kernel(const std::tuple<Tables, Tables, Tables>& tables) {
    return {to_tables(std::get<0>(tables)), to_tables(std::get<1>(tables)),
            to_tables(std::get<2>(tables))};
}

/// (H, couplings (K, N, N) or weights (K,), left, right, shift).
py::tuple to_tuple(const redfield::Gradient& gradient, Index n) {
    const auto stack = [n](const std::vector<ComplexMatrix>& matrices) { return to_stack(matrices, n); };
    py::object couplings = gradient.weights.size() > 0 ? py::object(to_array(gradient.weights))
                                                       : py::object(stack(gradient.couplings));
    return py::make_tuple(to_array(gradient.hamiltonian), couplings, stack(gradient.left),
                          stack(gradient.right), stack(gradient.shift));
}

/// (gradient, residual, applications).
py::tuple steady_gradient(const Generator& generator, const System& system,
                          const std::tuple<Tables, Tables, Tables>& tables, const ComplexArray& rho,
                          const ComplexArray& observable, const std::string& method, double tol,
                          int threads, double max_bytes, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::SteadyOptions options;
    options.method = to_solver_method<redfield::SteadyMethod>(method);
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    const ComplexMatrix state = to_matrix(rho), weight = to_matrix(observable);
    redfield::KernelTables kernel = to_kernel(tables);
    redfield::AdjointState adjoint;
    redfield::Gradient gradient;
    monitor.run([&] {
        const auto sensitivity = redfield::sensitivity(system, std::move(kernel), threads, max_bytes);
        adjoint = redfield::add_gradient(generator, *sensitivity, state, weight, options);
        gradient = sensitivity->gradient();
    });
    return py::make_tuple(to_tuple(gradient, system.dimension()), adjoint.residual, adjoint.applications);
}

/// (gradient, value, of rho0, of times, stats).
py::tuple evolution_gradient(const Generator& generator, const System& system,
                             const std::tuple<Tables, Tables, Tables>& tables, const ComplexArray& rho0,
                             const RealArray& times, const std::vector<ComplexArray>& weights,
                             const Settings& settings, double stored_bytes, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::EvolutionGradientOptions options;
    static_cast<redfield::EvolveOptions&>(options) = settings.as<redfield::EvolveOptions>();
    options.stored_bytes = stored_bytes;
    options.monitor = std::ref(monitor);
    const ComplexMatrix start = to_matrix(rho0);
    const std::vector<ComplexMatrix> each = to_matrices(weights);
    redfield::KernelTables kernel = to_kernel(tables);
    redfield::EvolutionGradient found;
    redfield::Gradient gradient;
    monitor.run([&] {
        const auto sensitivity =
            redfield::sensitivity(system, std::move(kernel), settings.threads, settings.max_bytes);
        found = redfield::add_gradient(generator, *sensitivity, start, to_times(times), each, options);
        gradient = sensitivity->gradient();
    });
    return py::make_tuple(to_tuple(gradient, system.dimension()), found.value, to_array(found.rho0),
                          to_array(found.times), to_dict(found.stats));
}

}  // namespace

void bind_gradient(py::module_& m) {
    m.def("steady_gradient", &steady_gradient, py::arg("generator"), py::arg("system"), py::arg("tables"),
          py::arg("rho"), py::arg("observable"), py::arg("method"), py::arg("tol"), py::arg("threads"),
          py::arg("max_bytes"), py::arg("progress") = py::none());
    m.def("evolution_gradient", &evolution_gradient, py::arg("generator"), py::arg("system"),
          py::arg("tables"), py::arg("rho0"), py::arg("times"), py::arg("weights"), py::arg("settings"),
          py::arg("stored_bytes"), py::arg("progress") = py::none());
}

}  // namespace bindings
