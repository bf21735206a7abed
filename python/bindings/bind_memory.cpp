#include <redfield/driven/memory.hpp>

#include "solve.hpp"

namespace bindings {

namespace {

using redfield::driven::History;
using redfield::driven::Memory;
using redfield::driven::TimeOperator;

}  // namespace

void bind_memory(py::module_& m) {
    py::class_<History>(m, "History",
                        "A correlation function against the polynomials of a panel of time.")
        .def(py::init([](const ComplexArray& local, const ComplexArray& fade, const ComplexArray& gather,
                         const std::vector<ComplexArray>& lags) {
                 return History{to_matrix(local), to_matrix(fade), to_matrix(gather), to_matrices(lags)};
             }),
             py::arg("local"), py::arg("fade"), py::arg("gather"), py::arg("lags"));
    m.attr("PANEL_POINTS") = redfield::driven::panel_points;

    m.def(
        "evolve_memory",
        [](const TimeOperator& hamiltonian, const std::vector<TimeOperator>& couplings,
           std::vector<Index> bath_of_coupling, std::vector<double> panels,
           std::vector<Index> length_of_panel, std::vector<std::vector<History>> histories,
           std::vector<double> breaks, double longest_step, double max_step, const ComplexArray& rho0,
           const RealArray& times, const Settings& settings, const py::list& e_ops, bool store_states,
           const StopFlag* stop, const py::object& progress) -> py::object {
            const Memory memory{hamiltonian,
                                couplings,
                                std::move(bath_of_coupling),
                                std::move(panels),
                                std::move(length_of_panel),
                                std::move(histories),
                                std::move(breaks),
                                longest_step};
            const auto run = [&](redfield::StateView state, const std::vector<double>& at,
                                 const redfield::EvolveOptions& options,
                                 const redfield::Observer& observe) {
                return redfield::driven::evolve(memory, max_step, state, at, options, observe);
            };
            try {
                return solve(rho0.shape(0), rho0, times, settings, e_ops, store_states, stop, progress,
                             run);
            } catch (const redfield::driven::UnresolvedPanel&) {
                return py::none();
            }
        },
        py::arg("hamiltonian"), py::arg("couplings"), py::arg("bath_of_coupling"), py::arg("panels"),
        py::arg("length_of_panel"), py::arg("histories"), py::arg("breaks"), py::arg("longest_step"),
        py::arg("max_step"), py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
        py::arg("store_states"), py::arg("stop") = py::none(), py::arg("progress") = py::none(),
        "None where a panel is too long for what happens in it.");
}

}  // namespace bindings
