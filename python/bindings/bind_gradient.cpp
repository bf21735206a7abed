#include <pybind11/complex.h>

#include "interrupt.hpp"
#include "members.hpp"

namespace bindings {

namespace {

using redfield::Generator;
using redfield::Sensitivity;
using redfield::SlopedTable;
using redfield::System;

/// (value, slope) of each bath.
using SlopedTables = std::vector<std::pair<ComplexArray, ComplexArray>>;

std::vector<SlopedTable> to_sloped(const SlopedTables& tables) {
    std::vector<SlopedTable> out;
    for (const auto& [value, slope] : tables) out.push_back({to_matrix(value), to_matrix(slope)});
    return out;
}

redfield::KernelTables to_kernel(
    const std::tuple<SlopedTables, SlopedTables, SlopedTables, double, double>& tables) {
    return {to_sloped(std::get<0>(tables)), to_sloped(std::get<1>(tables)),
            to_sloped(std::get<2>(tables)), std::get<3>(tables), std::get<4>(tables)};
}

/// (H, couplings (K, N, N) or weights (K,), left, right, shift, commutator).
py::tuple to_gradient(const redfield::Gradient& gradient, Index n) {
    const auto stack = [n](const std::vector<ComplexMatrix>& matrices) { return to_stack(matrices, n); };
    py::object couplings = gradient.weights.size() > 0 ? py::object(to_array(gradient.weights))
                                                       : py::object(stack(gradient.couplings));
    return py::make_tuple(to_array(gradient.hamiltonian), couplings, stack(gradient.left),
                          stack(gradient.right), stack(gradient.shift), to_array(gradient.commutator));
}

/// (gradient, residual, applications).
py::tuple steady_gradient(
    const Generator& generator, const System& system,
    const std::tuple<SlopedTables, SlopedTables, SlopedTables, double, double>& tables,
    const ComplexArray& rho, const ComplexArray& observable, const std::string& method, double tol,
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
    return py::make_tuple(to_gradient(gradient, system.dimension()), adjoint.residual,
                          adjoint.applications);
}

/// (gradient, value, of rho0, of times, stats).
py::tuple evolution_gradient(
    const Generator& generator, const System& system,
    const std::tuple<SlopedTables, SlopedTables, SlopedTables, double, double>& tables,
    const ComplexArray& rho0, const RealArray& times, const std::vector<ComplexArray>& weights,
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
    return py::make_tuple(to_gradient(gradient, system.dimension()), found.value, to_array(found.rho0),
                          to_array(found.times), to_dict(found.stats));
}

/// (sites, weights w, table f) of site projectors w|s⟩⟨s| with f∘A_j beside them.
using Sites = std::vector<std::tuple<std::vector<Index>, RealArray, ComplexArray>>;

/// 𝓛' = −i[H', ·] + Σ (ΛρB† + h.c.) − Kρ − ρK† in the eigenbasis of a generator, its matrices (N, N),
/// terms (Λ, B), and site projectors.
std::shared_ptr<redfield::Generator> change_of(
    const Generator& of, const ComplexArray& hamiltonian, const ComplexArray& decay,
    const std::vector<std::pair<ComplexArray, ComplexArray>>& terms, const Sites& sites) {
    const redfield::Eigensystem& e = of.eigensystem();
    const ComplexMatrix k = to_matrix(decay) + Complex(0.0, 1.0) * to_matrix(hamiltonian);
    redfield::LambdaForm form{redfield::Eigensystem(RealVector::Zero(e.dimension()), e.eigenvectors()),
                              {},
                              redfield::Frame::eigenbasis,
                              k};
    for (const auto& [lambda, b] : terms) form.terms.push_back({to_matrix(lambda), to_matrix(b)});
    for (const auto& [places, weights, table] : sites)
        form.projectors.push_back({places, to_vector(weights), to_matrix(table), {}});
    return interruptible([&] { return std::make_shared<redfield::LambdaGenerator>(std::move(form)); });
}

/// 𝓛' of an equation that masks its terms, of each coupling (Λ, A, Λ', A'), in the eigenbasis.
std::shared_ptr<redfield::Generator> masked_change_of(
    const std::shared_ptr<redfield::Generator>& of, const ComplexArray& hamiltonian,
    const ComplexArray& turn,
    const std::vector<std::tuple<ComplexArray, ComplexArray, ComplexArray, ComplexArray>>& couplings,
    double cutoff, double max_bytes) {
    std::vector<redfield::MaskedCoupling> each;
    for (const auto& [lambda, a, lambda_change, a_change] : couplings)
        each.push_back({to_matrix(lambda), to_matrix(a), to_matrix(lambda_change), to_matrix(a_change)});
    const ComplexMatrix h = to_matrix(hamiltonian), z = to_matrix(turn);
    return std::const_pointer_cast<redfield::Generator>(
        interruptible([&] { return redfield::masked_change(of, h, z, each, cutoff, max_bytes); }));
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
                    const std::tuple<SlopedTables, SlopedTables, SlopedTables, double, double>& tables,
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
    return to_gradient(gradient, system.dimension());
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
          py::arg("terms"), py::arg("sites"));
    m.def("masked_change_of", &masked_change_of, py::arg("generator"), py::arg("hamiltonian"),
          py::arg("turn"), py::arg("couplings"), py::arg("cutoff"), py::arg("max_bytes"));
    m.def("evolve_tangents", &evolve_tangents, py::arg("generator"), py::arg("changes"), py::arg("rho0"),
          py::arg("starts"), py::arg("times"), py::arg("settings"), py::arg("progress") = py::none());
    m.def("steady_response", &steady_response, py::arg("generator"), py::arg("right"), py::arg("tol"),
          py::arg("threads"), py::arg("max_bytes"));
    m.def("pull_back", &pull_back, py::arg("system"), py::arg("tables"), py::arg("states"),
          py::arg("operators"), py::arg("weights"), py::arg("threads"), py::arg("max_bytes"));
}

}  // namespace bindings
