#include "interrupt.hpp"

namespace bindings {

namespace {

using redfield::Generator;
using redfield::SteadyMethod;

SteadyMethod to_method(const std::string& text) {
    if (text == "auto") return SteadyMethod::automatic;
    if (text == "direct") return SteadyMethod::direct;
    if (text == "iterative") return SteadyMethod::iterative;
    throw py::value_error("unknown method \"" + text + "\"");
}

redfield::SteadyOptions to_options(const std::string& method, double tol, int threads, double max_bytes,
                                   Monitor& monitor) {
    redfield::SteadyOptions options;
    options.method = to_method(method);
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    return options;
}

/// (M, N, N) of M matrices.
py::array_t<Complex> to_stack(const std::vector<ComplexMatrix>& matrices, Index n) {
    py::array_t<Complex> out({static_cast<py::ssize_t>(matrices.size()), n, n});
    using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    for (std::size_t i = 0; i < matrices.size(); ++i)
        Eigen::Map<RowMajor>(out.mutable_data() + static_cast<Index>(i) * n * n, n, n) = matrices[i];
    return out;
}

/// (state, residual, applications, method, unique), or a basis (M, N, N) where there are several.
py::object steady_state(const Generator& generator, const std::string& method, double tol, int threads,
                        double max_bytes, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    const auto options = to_options(method, tol, threads, max_bytes, monitor);
    std::optional<redfield::SteadyState> found;
    std::vector<ComplexMatrix> several;
    monitor.run([&] {
        try {
            found = redfield::steady_state(generator, options);
        } catch (const redfield::MultipleSteadyStates& error) {
            several = error.states();
        }
    });
    if (!found) return to_stack(several, generator.dimension());
    return py::make_tuple(to_array(found->state), found->residual, found->applications,
                          found->method == SteadyMethod::direct ? "direct" : "iterative", found->unique);
}

/// (eigenvalues, modes, gap, complete, applications).
py::tuple spectrum(const Generator& generator, Index k, const std::string& method, double tol,
                   int threads, double max_bytes) {
    Monitor monitor(nullptr, py::none());
    const auto options = to_options(method, tol, threads, max_bytes, monitor);
    redfield::Spectrum found;
    monitor.run([&] { found = redfield::spectrum(generator, k, options); });
    return py::make_tuple(py::array(py::cast(found.eigenvalues)),
                          to_stack(found.modes, generator.dimension()), found.gap, found.complete,
                          found.applications);
}

}  // namespace

void bind_steady(py::module_& m) {
    m.def("steady_state", &steady_state, py::arg("generator"), py::arg("method"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"), py::arg("progress") = py::none());
    m.def("spectrum", &spectrum, py::arg("generator"), py::arg("k"), py::arg("method"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"));
}

}  // namespace bindings
