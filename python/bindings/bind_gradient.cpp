#include <pybind11/complex.h>
#include <pybind11/typing.h>

#include <redfield/ensemble/gradient.hpp>

#include "interrupt.hpp"
#include "members.hpp"

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

redfield::KernelTables to_kernel(const std::tuple<Tables, Tables, Tables, double, double>& tables) {
    return {to_tables(std::get<0>(tables)), to_tables(std::get<1>(tables)),
            to_tables(std::get<2>(tables)), std::get<3>(tables), std::get<4>(tables)};
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
                          const std::tuple<Tables, Tables, Tables, double, double>& tables,
                          const ComplexArray& rho, const ComplexArray& observable,
                          const std::string& method, double tol, int threads, double max_bytes,
                          const py::object& progress) {
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
                             const std::tuple<Tables, Tables, Tables, double, double>& tables,
                             const ComplexArray& rho0, const RealArray& times,
                             const std::vector<ComplexArray>& weights, const Settings& settings,
                             double stored_bytes, const py::object& progress) {
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

/// 𝓛' = −i[H', ·] + Σ (ΛρB† + h.c.) − Kρ − ρK† in the eigenbasis of a generator, its matrices (N, N) and
/// terms (Λ, B).
std::shared_ptr<redfield::Generator> change_of(
    const Generator& of, const ComplexArray& hamiltonian, const ComplexArray& decay,
    const std::vector<std::pair<ComplexArray, ComplexArray>>& terms) {
    const redfield::Eigensystem& e = of.eigensystem();
    const ComplexMatrix k = to_matrix(decay) + Complex(0.0, 1.0) * to_matrix(hamiltonian);
    redfield::LambdaForm form{redfield::Eigensystem(RealVector::Zero(e.dimension()), e.eigenvectors()),
                              {},
                              redfield::Frame::eigenbasis,
                              k};
    for (const auto& [lambda, b] : terms) form.terms.push_back({to_matrix(lambda), to_matrix(b)});
    return interruptible([&] { return std::make_shared<redfield::LambdaGenerator>(std::move(form)); });
}

/// (states (T, N, N), derivatives (P, T, N, N), stats) in the basis H was given in; `starts` has a matrix
/// or None for each change.
py::tuple evolve_tangents(const Generator& generator,
                          const std::vector<std::shared_ptr<redfield::Generator>>& changes,
                          const ComplexArray& rho0, const py::list& starts, const RealArray& times,
                          const Settings& settings, const py::object& progress) {
    Monitor monitor(nullptr, progress);
    auto options = settings.as<redfield::EvolveOptions>();
    options.monitor = std::ref(monitor);
    std::vector<redfield::Tangent> tangents;
    for (std::size_t p = 0; p < changes.size(); ++p) {
        const py::object start = starts[p];
        tangents.push_back(
            {changes[p], start.is_none() ? ComplexMatrix() : to_matrix(start.cast<ComplexArray>())});
    }
    const std::vector<double> at = to_times(times);
    const ComplexMatrix first = to_matrix(rho0);
    const Index n = generator.dimension(), count = static_cast<Index>(at.size());
    const auto number = static_cast<Index>(changes.size());
    py::array_t<Complex> states({count, n, n}), derivatives({number, count, n, n});
    Complex* const to = states.mutable_data();
    Complex* const into = derivatives.mutable_data();
    redfield::EvolveStats stats;
    monitor.run([&] {
        stats = redfield::evolve_tangents(
            generator, tangents, first, at, options, [&](Index i, const RealMatrix& all) {
                const auto write = [&](Index block, Complex* out) {
                    const RealMatrix packed = all.middleCols(n * block, n);
                    Eigen::Map<RowMajor>(out, n, n) = redfield::unpack(generator.eigensystem().in_frame(
                        redfield::Frame::given, {packed, generator.frame()}, 1));
                };
                write(0, to + i * n * n);
                for (Index p = 0; p < number; ++p) write(p + 1, into + (p * count + i) * n * n);
            });
    });
    return py::make_tuple(states, derivatives, to_dict(stats));
}

py::array_t<Complex> steady_response(const Generator& generator, const ComplexArray& right, double tol,
                                     int threads, double max_bytes) {
    redfield::SteadyOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    const ComplexMatrix y = to_matrix(right);
    return to_array(interruptible([&] { return redfield::steady_response(generator, y, options); }));
}

/// The gradient of Σ w tr[y 𝓛ρ], states and operators (T, N, N) in the basis H was given in being held.
py::tuple pull_back(const System& system,
                    const std::tuple<Tables, Tables, Tables, double, double>& tables,
                    const ComplexArray& states, const ComplexArray& operators, const RealArray& weights,
                    int threads, double max_bytes) {
    const std::vector<ComplexMatrix> rho = to_members(states), y = to_members(operators);
    const RealVector w = to_vector(weights);
    if (rho.size() != y.size() || rho.size() != static_cast<std::size_t>(w.size()))
        throw py::value_error("states, operators and weights differ in number");
    redfield::KernelTables kernel = to_kernel(tables);
    const redfield::Eigensystem& eigensystem = system.eigensystem();
    redfield::Gradient gradient;
    interruptible([&] {
        const auto sensitivity = redfield::sensitivity(system, std::move(kernel), threads, max_bytes);
        for (std::size_t t = 0; t < rho.size(); ++t)
            sensitivity->add(eigensystem.to_eigenbasis(rho[t]), eigensystem.to_eigenbasis(y[t]),
                             w[static_cast<Index>(t)]);
        gradient = sensitivity->gradient();
    });
    return to_tuple(gradient, system.dimension());
}

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

void bind_gradient(py::module_& m) {
    m.def("steady_gradient", &steady_gradient, py::arg("generator"), py::arg("system"), py::arg("tables"),
          py::arg("rho"), py::arg("observable"), py::arg("method"), py::arg("tol"), py::arg("threads"),
          py::arg("max_bytes"), py::arg("progress") = py::none());
    m.def("evolution_gradient", &evolution_gradient, py::arg("generator"), py::arg("system"),
          py::arg("tables"), py::arg("rho0"), py::arg("times"), py::arg("weights"), py::arg("settings"),
          py::arg("stored_bytes"), py::arg("progress") = py::none());
    m.def("change_of", &change_of, py::arg("generator"), py::arg("hamiltonian"), py::arg("decay"),
          py::arg("terms"));
    m.def("evolve_tangents", &evolve_tangents, py::arg("generator"), py::arg("changes"), py::arg("rho0"),
          py::arg("starts"), py::arg("times"), py::arg("settings"), py::arg("progress") = py::none());
    m.def("steady_response", &steady_response, py::arg("generator"), py::arg("right"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"));
    m.def("pull_back", &pull_back, py::arg("system"), py::arg("tables"), py::arg("states"),
          py::arg("operators"), py::arg("weights"), py::arg("threads"), py::arg("max_bytes"));
    m.def("steady_gradient_batch", &steady_gradient_batch, py::arg("systems"), py::arg("kind"),
          py::arg("tables"), py::arg("states"), py::arg("observables"), py::arg("method"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"), py::arg("arrays"), py::arg("progress") = py::none());
    m.def("evolution_gradient_batch", &evolution_gradient_batch, py::arg("systems"), py::arg("kind"),
          py::arg("tables"), py::arg("rho0"), py::arg("times"), py::arg("weights"), py::arg("settings"),
          py::arg("stored_bytes"), py::arg("arrays"), py::arg("progress") = py::none());
}

}  // namespace bindings
