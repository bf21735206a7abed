#include <redfield/hierarchy/batch.hpp>

#include "exponentials.hpp"
#include "interrupt.hpp"
#include "members.hpp"
#include "outputs.hpp"

namespace bindings {

namespace {

using redfield::SystemBatch;
using redfield::hierarchy::Members;

/// Places of members, the exponentials of all or of each, whether couplings are the same, the depth, what
/// one hierarchy may take and what is negligible.
using GivenMembers = std::tuple<std::vector<std::size_t>, std::vector<Sums>, bool, int, double, double>;

Members to_some(const GivenMembers& given) {
    const auto& [which, sums, same, depth, max_bytes, negligible] = given;
    Members out{which, {}, same, depth, max_bytes, negligible};
    for (const Sums& each : sums) out.exponentials.push_back(to_exponentials(each));
    return out;
}

/// (states (K, T, N, N), final states, expectations (E, K, T), failures, stats) of K members.
py::tuple evolve_hierarchies(const SystemBatch& systems, const GivenMembers& given,
                             const ComplexArray& rho0, const RealArray& time_array,
                             const Settings& settings, const py::list& e_ops, const StopFlag* stop,
                             const py::object& progress) {
    const Members members = to_some(given);
    const std::vector<ComplexMatrix> start = to_members(rho0);
    const std::vector<double> times = to_times(time_array);
    const Index n = systems.dimension();
    const auto count = static_cast<py::ssize_t>(members.which.size());
    const auto moments = static_cast<py::ssize_t>(times.size());
    py::array states = states_array(settings.precision, {count, moments, n, n});
    py::array final_states = states_array(settings.precision, {count, n, n});
    redfield::BatchRecord record;
    record.observables = to_operators(n, e_ops);
    py::array_t<Complex> expectations(
        {static_cast<py::ssize_t>(record.observables.size()), count, moments});
    record.stride = static_cast<std::size_t>(count);
    record.expectations = expectations.mutable_data();
    record.states = to_buffer(states);
    record.final_states = to_buffer(final_states);
    redfield::hierarchy::HierarchyStats totals;
    redfield::MemberErrors errors;
    Monitor monitor(stop, progress);
    monitor.run([&] {
        auto options = settings.as<redfield::EvolveOptions>();
        options.monitor = std::ref(monitor);
        errors =
            redfield::hierarchy::evolve_batch(systems, members, start, times, options, record, totals);
    });
    py::dict stats = to_dict(totals);
    stats["auxiliary_operators"] = totals.planes;
    stats["bytes"] = totals.bytes;
    return py::make_tuple(states, final_states, expectations, to_failures(errors, n), stats);
}

/// (states (K, N, N), residuals, applications, unique, errors, failures) of K members.
py::tuple steady_hierarchies(const SystemBatch& systems, const GivenMembers& given, double tol,
                             int threads, double max_bytes, const py::object& rho0,
                             const py::object& progress) {
    const Members members = to_some(given);
    const Index n = systems.dimension();
    const auto count = static_cast<py::ssize_t>(members.which.size());
    py::array_t<Complex> states({count, static_cast<py::ssize_t>(n), static_cast<py::ssize_t>(n)});
    RealArray residuals(count), errors(count);
    py::array_t<std::int64_t> applications(count);
    py::array_t<bool> unique(count);
    redfield::SteadyBatchRecord record;
    record.states = states.mutable_data();
    record.residuals = residuals.mutable_data();
    record.errors = errors.mutable_data();
    record.applications = applications.mutable_data();
    record.unique = unique.mutable_data();
    redfield::SteadyOptions options;
    options.tol = tol;
    options.threads = threads;
    options.max_bytes = max_bytes;
    const std::vector<ComplexMatrix> start =
        rho0.is_none() ? std::vector<ComplexMatrix>() : to_members(rho0.cast<ComplexArray>());
    redfield::MemberErrors failed;
    Monitor monitor(nullptr, progress);
    options.monitor = std::ref(monitor);
    monitor.run(
        [&] { failed = redfield::hierarchy::steady_batch(systems, members, options, record, start); });
    return py::make_tuple(states, residuals, applications, unique, errors, to_failures(failed, n));
}

}  // namespace

void bind_hierarchy_batch(py::module_& m) {
    m.def("evolve_hierarchies", &evolve_hierarchies, py::arg("systems"), py::arg("members"),
          py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
          py::arg("stop") = py::none(), py::arg("progress") = py::none());
    m.def("steady_hierarchies", &steady_hierarchies, py::arg("systems"), py::arg("members"),
          py::arg("tol"), py::arg("threads"), py::arg("max_bytes"), py::arg("rho0") = py::none(),
          py::arg("progress") = py::none());
}

}  // namespace bindings
