#include <pybind11/complex.h>

#include "interrupt.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::Generator;
using redfield::SteadyMethod;

template <class Options>
Options to_options(double tol, int threads, double max_bytes, Monitor& monitor) {
    Options options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    return options;
}

/// (state, residual, applications, method, unique, error), or (message, count, basis (M, N, N)) where
/// there are several; of what rho0 leads to where it is not None.
py::object steady_state(const Generator& generator, const std::string& method, double tol, int threads,
                        double max_bytes, const py::object& progress, const py::object& rho0) {
    Monitor monitor(nullptr, progress);
    auto options = to_options<redfield::SteadyOptions>(tol, threads, max_bytes, monitor);
    options.method = to_solver_method<redfield::SteadyMethod>(method);
    std::optional<redfield::SteadyState> found;
    std::optional<redfield::MultipleSteadyStates> several;
    ComplexMatrix start;
    if (!rho0.is_none()) start = to_matrix(rho0.cast<ComplexArray>());
    monitor.run([&] {
        try {
            found = start.size() == 0 ? redfield::steady_state(generator, options)
                                      : redfield::steady_state(generator, start, options);
        } catch (const redfield::MultipleSteadyStates& error) {
            several = error;
        }
    });
    if (!found)
        return py::make_tuple(several->what(), several->count(),
                              to_stack(several->states(), generator.dimension()));
    return py::make_tuple(to_array(found->state), found->residual, found->applications,
                          found->method == SteadyMethod::direct ? "direct" : "iterative", found->unique,
                          found->error);
}

/// (eigenvalues, modes, gap, complete, applications).
py::tuple spectrum(const Generator& generator, Index k, const std::string& method, double tol,
                   int threads, double max_bytes) {
    Monitor monitor(nullptr, py::none());
    auto options = to_options<redfield::SpectrumOptions>(tol, threads, max_bytes, monitor);
    options.method = to_solver_method<redfield::SpectrumMethod>(method);
    redfield::Spectrum found;
    monitor.run([&] { found = redfield::spectrum(generator, k, options); });
    return py::make_tuple(py::array(py::cast(found.eigenvalues)),
                          to_stack(found.modes, generator.dimension()), found.gap, found.complete,
                          found.applications);
}

/// (values, residual, applications).
py::tuple resolvent_trace(const Generator& generator, const ComplexArray& a, const ComplexArray& y,
                          const std::vector<Complex>& z, double tol, int threads, double max_bytes,
                          const py::object& progress) {
    Monitor monitor(nullptr, progress);
    const auto options = to_options<redfield::ResolventOptions>(tol, threads, max_bytes, monitor);
    redfield::ResolventTrace found;
    const ComplexMatrix observed = to_matrix(a), right = to_matrix(y);
    monitor.run([&] { found = redfield::resolvent_trace(generator, observed, right, z, options); });
    return py::make_tuple(py::array(py::cast(found.values)), found.residual, found.applications);
}

/// (x (F, N, N), residual, applications).
py::tuple resolvent(const Generator& generator, const ComplexArray& y, const std::vector<Complex>& z,
                    bool adjoint, double tol, int threads, double max_bytes, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    const auto options = to_options<redfield::ResolventOptions>(tol, threads, max_bytes, monitor);
    redfield::ResolventStates found;
    const ComplexMatrix right = to_matrix(y);
    monitor.run([&] { found = redfield::resolvent(generator, right, z, adjoint, options); });
    return py::make_tuple(to_stack(found.x, generator.dimension()), found.residual, found.applications);
}

/// x ↦ map(x) of a Python function of vectors.
redfield::linalg::LinearMap<double> to_map(const py::object& function, const std::string& name) {
    return [call = on_arrays<RealArray>(function, name + "(x)")](const RealVector& x, RealVector& out) {
        call(x.data(), out.data(), x.size());
    };
}

/// (x, ‖b − Ax‖/‖b‖).
py::tuple gmres(const py::object& map, const py::object& preconditioner, const RealArray& right,
                double rtol, Index restart, int cycles) {
    const RealVector b = to_vector(right);
    redfield::linalg::GmresOptions options;
    options.cycles = cycles;
    options.progress = [](double fraction) { redfield::base::poll(fraction); };
    const auto found = interruptible([&] {
        return redfield::linalg::gmres<double>(
            to_map(map, "map"), {to_map(preconditioner, "preconditioner"), restart}, b, rtol, options);
    });
    return py::make_tuple(to_array(found.x), found.residual);
}

}  // namespace

void bind_steady(py::module_& m) {
    m.def("steady_state", &steady_state, py::arg("generator"), py::arg("method"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"), py::arg("progress") = py::none(),
          py::arg("rho0") = py::none());
    m.def("spectrum", &spectrum, py::arg("generator"), py::arg("k"), py::arg("method"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"));
    m.def("resolvent_trace", &resolvent_trace, py::arg("generator"), py::arg("a"), py::arg("y"),
          py::arg("z"), py::arg("tol"), py::arg("threads") = 0, py::arg("max_bytes") = 1e300,
          py::arg("progress") = py::none());
    m.def("resolvent", &resolvent, py::arg("generator"), py::arg("y"), py::arg("z"), py::arg("adjoint"),
          py::arg("tol"), py::arg("threads") = 0, py::arg("max_bytes") = 1e300,
          py::arg("progress") = py::none());
    m.def("gmres", &gmres, py::arg("map"), py::arg("preconditioner"), py::arg("right"), py::arg("rtol"),
          py::arg("restart"), py::arg("cycles"));
}

}  // namespace bindings
