#include <algorithm>
#include <cmath>
#include <limits>

#include "interrupt.hpp"
#include "members.hpp"
#include "outputs.hpp"

namespace bindings {

namespace {

using redfield::BatchTable;
using redfield::EigensystemBatch;
using redfield::Generator;
using redfield::Kind;
using redfield::System;
using redfield::SystemBatch;

/// (B, M) as the columns of a matrix.
RealMatrix to_columns(const RealArray& a) {
    if (a.ndim() != 2) throw py::value_error("expected a table of each member");
    return Eigen::Map<const RealMatrix>(a.data(), a.shape(1), a.shape(0));
}

/// Each operator a matrix, one a member, or the (rows, columns, values) of a sparse one.
std::vector<redfield::Couplings> to_couplings(const py::list& operators, Index n) {
    std::vector<std::vector<redfield::Operator>> given;
    std::size_t members = 1;
    for (const py::handle& each : operators) {
        std::vector<redfield::Operator> of_member;
        if (py::isinstance<py::tuple>(each)) {
            of_member.emplace_back(to_sparse(n, each));
        } else {
            const auto array = each.cast<ComplexArray>();
            if (array.ndim() == 2)
                of_member.emplace_back(to_matrix(array));
            else
                for (ComplexMatrix& a : to_members(array)) of_member.emplace_back(std::move(a));
        }
        members = std::max(members, of_member.size());
        given.push_back(std::move(of_member));
    }
    std::vector<redfield::Couplings> out;
    for (std::size_t i = 0; i < members; ++i) {
        redfield::Operators all;
        for (const auto& of_member : given) all.push_back(of_member[of_member.size() == 1 ? 0 : i]);
        out.emplace_back(std::move(all));
    }
    return out;
}

std::vector<BatchTable> to_tables(const std::vector<std::pair<RealArray, py::object>>& tables) {
    std::vector<BatchTable> out;
    for (const auto& [half_rate, lamb_shift] : tables)
        out.push_back({to_columns(half_rate),
                       lamb_shift.is_none() ? RealMatrix() : to_columns(lamb_shift.cast<RealArray>())});
    return out;
}

/// Writes members first, first + 1, … of the arrays given: expectations (E, B, T), states (B, T, N, N) or
/// none, final states (B, N, N). Returns what failed and the statistics.
py::tuple evolve_batch(const SystemBatch& systems, const Kind& kind, const ComplexArray& rho0,
                       const RealArray& time_array, const Settings& settings, const py::list& e_ops,
                       std::size_t first, py::array_t<Complex> expectations, const py::object& states,
                       const py::array& final_states, const StopFlag* stop, const py::object& progress) {
    const std::vector<ComplexMatrix> start = to_members(rho0);
    const std::vector<double> times = to_times(time_array);
    const Index n = systems.dimension(), count = static_cast<Index>(times.size());
    const auto offset = static_cast<Index>(first);
    redfield::BatchRecord record;
    record.observables = to_operators(n, e_ops);
    record.stride = static_cast<std::size_t>(expectations.shape(1));
    record.expectations = expectations.mutable_data() + offset * count;
    if (!states.is_none())
        record.states = redfield::from(to_buffer(states.cast<py::array>()), offset * count * n * n);
    record.final_states = redfield::from(to_buffer(final_states), offset * n * n);
    redfield::EvolveStats totals;
    redfield::MemberErrors errors;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        auto options = settings.as<redfield::EvolveOptions>();
        options.monitor = std::ref(monitor);
        errors = redfield::evolve_batch(systems, kind, start, times, options, record, totals);
    });
    return py::make_tuple(to_failures(errors, n), to_dict(totals));
}

/// Writes members first, first + 1, … of the arrays given, (B, N, N) and (B,) each. Returns what failed.
py::list steady_batch(const SystemBatch& systems, const Kind& kind, const std::string& method, double tol,
                      int threads, double max_bytes, std::size_t first, py::array_t<Complex> states,
                      RealArray residuals, py::array_t<std::int64_t> applications,
                      py::array_t<bool> direct, py::array_t<bool> unique, RealArray errors,
                      const py::object& rho0, const py::object& progress) {
    redfield::SteadyOptions options;
    options.method = to_solver_method<redfield::SteadyMethod>(method);
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    const Index n = systems.dimension();
    redfield::SteadyBatchRecord record;
    record.states = states.mutable_data() + static_cast<Index>(first) * n * n;
    record.residuals = residuals.mutable_data() + first;
    record.applications = applications.mutable_data() + first;
    record.direct = direct.mutable_data() + first;
    record.unique = unique.mutable_data() + first;
    record.errors = errors.mutable_data() + first;
    const std::vector<ComplexMatrix> start =
        rho0.is_none() ? std::vector<ComplexMatrix>() : to_members(rho0.cast<ComplexArray>());
    redfield::MemberErrors failed;
    Monitor monitor(nullptr, progress);
    options.monitor = std::ref(monitor);
    monitor.run([&] { failed = redfield::steady_batch(systems, kind, options, record, start); });
    return to_failures(failed, n);
}

py::tuple hermitian_defects(const ComplexArray& stack) {
    if (stack.ndim() != 3 || stack.shape(1) != stack.shape(2))
        throw py::value_error("expected a stack of square matrices");
    const py::ssize_t size = stack.shape(0), n = stack.shape(1);
    RealArray largest(size), defect(size);
    const Complex* x = stack.data();
    for (py::ssize_t i = 0; i < size; ++i, x += n * n) {
        double most = 0.0, off = 0.0, sum = 0.0;
        for (py::ssize_t k = 0; k < n; ++k)
            for (py::ssize_t l = 0; l <= k; ++l) {
                const Complex a = x[k * n + l], b = x[l * n + k];
                most = std::max({most, std::abs(a.real()), std::abs(a.imag()), std::abs(b.real()),
                                 std::abs(b.imag())});
                off = std::max({off, std::abs(a.real() - b.real()), std::abs(a.imag() + b.imag())});
                sum += a.real() + a.imag() + b.real() + b.imag();
            }
        const bool finite = std::isfinite(most) && !std::isnan(sum);  // max passes NaN over
        largest.mutable_at(i) = finite ? most : std::numeric_limits<double>::infinity();
        defect.mutable_at(i) = off;
    }
    return py::make_tuple(largest, defect);
}

}  // namespace

void bind_batch(py::module_& m) {
    m.def("hermitian_defects", &hermitian_defects, py::arg("stack"),
          "The largest |entry| of each matrix of a stack (B, N, N), and the largest of X - X^dagger, by "
          "their "
          "real and imaginary parts; inf where one is not finite.");

    py::class_<EigensystemBatch>(m, "EigensystemBatch")
        .def(py::init([](const ComplexArray& hamiltonians, int threads) {
                 if (hamiltonians.ndim() != 3 || hamiltonians.shape(1) != hamiltonians.shape(2))
                     throw py::value_error("expected a stack of square matrices");
                 const auto size = static_cast<std::size_t>(hamiltonians.shape(0));
                 const Index n = hamiltonians.shape(1);
                 const Complex* data = hamiltonians.data();
                 const auto hamiltonian = [=](std::size_t i) -> ComplexMatrix {
                     return row_major(data + static_cast<Index>(i) * n * n, n);
                 };
                 return interruptible([&] { return EigensystemBatch(size, n, hamiltonian, threads); });
             }),
             py::arg("hamiltonians"), py::arg("threads") = 0)
        .def(
            "frequencies",
            [](const EigensystemBatch& self, int threads) {
                RealArray w({static_cast<py::ssize_t>(self.size()), self.frequencies()});
                double* out = w.mutable_data();
                interruptible([&] { self.bohr_frequencies(out, threads); });
                return w;
            },
            py::arg("threads") = 0)
        .def(
            "eigensystem",
            [](const EigensystemBatch& self, std::size_t i) {
                const redfield::Eigensystem member = self[i];
                const RealVector& e = member.energies();
                return py::make_tuple(RealArray(e.size(), e.data()), to_array(member.eigenvectors()));
            },
            py::arg("member"));

    py::class_<SystemBatch>(m, "SystemBatch")
        .def(
            py::init([](std::size_t size, const EigensystemBatch& eigensystems, const py::list& operators,
                        const std::vector<std::pair<RealArray, py::object>>& tables,
                        std::vector<Index> of_coupling) {
                return SystemBatch(size, eigensystems, to_couplings(operators, eigensystems.dimension()),
                                   to_tables(tables), std::move(of_coupling));
            }),
            py::arg("size"), py::arg("eigensystems"), py::arg("operators"), py::arg("tables"),
            py::arg("bath_of_coupling"))
        .def_static(
            "site_projectors",
            [](std::size_t size, const EigensystemBatch& eigensystems, std::vector<Index> sites,
               const RealArray& weights, const std::vector<std::pair<RealArray, py::object>>& tables,
               std::vector<Index> of_coupling) {
                return SystemBatch(size, eigensystems,
                                   {redfield::SiteProjectors(std::move(sites), to_vector(weights))},
                                   to_tables(tables), std::move(of_coupling));
            },
            py::arg("size"), py::arg("eigensystems"), py::arg("sites"), py::arg("weights"),
            py::arg("tables"), py::arg("bath_of_coupling"));

    m.def("evolve_batch", &evolve_batch, py::arg("systems"), py::arg("kind"), py::arg("rho0"),
          py::arg("times"), py::arg("settings"), py::arg("e_ops"), py::arg("first"),
          py::arg("expectations"), py::arg("states"), py::arg("final_states"),
          py::arg("stop") = py::none(), py::arg("progress") = py::none());
    m.def("steady_batch", &steady_batch, py::arg("systems"), py::arg("kind"), py::arg("method"),
          py::arg("tol"), py::arg("threads"), py::arg("max_bytes"), py::arg("first"), py::arg("states"),
          py::arg("residuals"), py::arg("applications"), py::arg("direct"), py::arg("unique"),
          py::arg("errors"), py::arg("rho0"), py::arg("progress") = py::none());
}

}  // namespace bindings
