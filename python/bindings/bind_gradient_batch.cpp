#include <pybind11/complex.h>
#include <pybind11/typing.h>

#include <redfield/ensemble/gradient.hpp>

#include "interrupt.hpp"
#include "members.hpp"

namespace bindings {

namespace {

/// (value, slope), (b, M) each, of each bath.
using BatchTables = std::vector<std::pair<ComplexArray, ComplexArray>>;

std::vector<redfield::BatchSlopedTable> to_batch_tables(const BatchTables& tables) {
    const auto columns = [](const ComplexArray& a) -> ComplexMatrix {
        if (a.ndim() != 2) throw py::value_error("expected a table of each member");
        return Eigen::Map<const ComplexMatrix>(a.data(), a.shape(1), a.shape(0));
    };
    std::vector<redfield::BatchSlopedTable> out;
    for (const auto& [value, slope] : tables) out.push_back({columns(value), columns(slope)});
    return out;
}

redfield::BatchKernelTables to_batch_kernel(
    const std::tuple<BatchTables, BatchTables, BatchTables, double, double>& t) {
    return {to_batch_tables(std::get<0>(t)), to_batch_tables(std::get<1>(t)),
            to_batch_tables(std::get<2>(t)), std::get<3>(t), std::get<4>(t)};
}

/// Arrays (b, …) of a chunk's members by their names.
class Arrays {
  public:
    explicit Arrays(const py::typing::Dict<py::str, py::object>& arrays) : arrays_(arrays) {}

    template <class Number>
    Number* at(const char* name) const {
        if (!arrays_.contains(name)) return nullptr;
        return arrays_[name].cast<py::array_t<Number>>().mutable_data();
    }
    std::vector<Complex*> each(const char* name) const {
        std::vector<Complex*> out;
        if (!arrays_.contains(name)) return out;
        for (const py::handle& one : arrays_[name].cast<py::list>())
            out.push_back(one.cast<py::array_t<Complex>>().mutable_data());
        return out;
    }
    redfield::GradientBatchRecord record() const {
        redfield::GradientBatchRecord out;
        out.hamiltonians = at<Complex>("hamiltonian");
        out.commutators = at<Complex>("commutators");
        out.couplings = at<Complex>("couplings");
        out.weights = at<double>("weights");
        out.left = each("left");
        out.right = each("right");
        out.shift = each("shift");
        out.values = at<double>("values");
        out.residuals = at<double>("residual");
        out.rho0 = at<Complex>("rho0");
        out.times = at<double>("times");
        out.applications = at<std::int64_t>("applications");
        return out;
    }

  private:
    py::dict arrays_;
};

py::list steady_gradient_batch(
    const redfield::SystemBatch& systems, const redfield::Kind& kind,
    const std::tuple<BatchTables, BatchTables, BatchTables, double, double>& tables,
    const ComplexArray& states, const ComplexArray& observables, const std::string& method, double tol,
    int threads, double max_bytes, const py::typing::Dict<py::str, py::object>& arrays,
    const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::SteadyOptions options;
    options.method = to_solver_method<redfield::SteadyMethod>(method);
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    options.monitor = std::ref(monitor);
    const std::vector<ComplexMatrix> rho = to_members(states), weights = to_members(observables);
    const redfield::BatchKernelTables kernel = to_batch_kernel(tables);
    const auto record = Arrays(arrays).record();
    redfield::MemberErrors failed;
    monitor.run([&] {
        failed = redfield::steady_gradient_batch(systems, kind, kernel, rho, weights, options, record);
    });
    return to_failures(failed, systems.dimension());
}

py::list evolution_gradient_batch(
    const redfield::SystemBatch& systems, const redfield::Kind& kind,
    const std::tuple<BatchTables, BatchTables, BatchTables, double, double>& tables,
    const ComplexArray& rho0, const RealArray& times, const ComplexArray& weights,
    const Settings& settings, double stored_bytes, const py::typing::Dict<py::str, py::object>& arrays,
    const py::object& progress) {
    Monitor monitor(nullptr, progress);
    redfield::EvolutionGradientOptions options;
    static_cast<redfield::EvolveOptions&>(options) = settings.as<redfield::EvolveOptions>();
    options.stored_bytes = stored_bytes;
    options.monitor = std::ref(monitor);
    const std::vector<ComplexMatrix> starts = to_members(rho0), each = to_members(weights);
    const std::vector<double> at = to_times(times);
    const redfield::BatchKernelTables kernel = to_batch_kernel(tables);
    const auto record = Arrays(arrays).record();
    redfield::MemberErrors failed;
    monitor.run([&] {
        failed =
            redfield::evolution_gradient_batch(systems, kind, kernel, starts, at, each, options, record);
    });
    return to_failures(failed, systems.dimension());
}

}  // namespace

void bind_gradient_batch(py::module_& m) {
    m.def("steady_gradient_batch", &steady_gradient_batch, py::arg("systems"), py::arg("kind"),
          py::arg("tables"), py::arg("states"), py::arg("observables"), py::arg("method"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"), py::arg("arrays"), py::arg("progress") = py::none());
    m.def("evolution_gradient_batch", &evolution_gradient_batch, py::arg("systems"), py::arg("kind"),
          py::arg("tables"), py::arg("rho0"), py::arg("times"), py::arg("weights"), py::arg("settings"),
          py::arg("stored_bytes"), py::arg("arrays"), py::arg("progress") = py::none());
}

}  // namespace bindings
