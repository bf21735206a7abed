#include <redfield/driven/time_convolutionless.hpp>

#include "solve.hpp"

namespace bindings {

namespace {

using redfield::driven::CorrelationWeights;
using redfield::driven::TimeConvolutionless;
using redfield::driven::TimeOperator;

}  // namespace

void bind_time_convolutionless(py::module_& m) {
    py::class_<CorrelationWeights>(
        m, "CorrelationWeights",
        "Weights of a correlation function and the polynomials of a panel of time.")
        .def(py::init([](const ComplexArray& local, const ComplexArray& fade, const ComplexArray& gather,
                         const std::vector<ComplexArray>& lags) {
                 return CorrelationWeights{to_matrix(local), to_matrix(fade), to_matrix(gather),
                                           to_matrices(lags)};
             }),
             py::arg("local"), py::arg("fade"), py::arg("gather"), py::arg("lags"));
    m.attr("PANEL_POINTS") = redfield::driven::panel_points;

    m.def(
        "evolve_time_convolutionless",
        [](const TimeOperator& hamiltonian, const std::vector<TimeOperator>& couplings,
           std::vector<Index> bath_of_coupling, std::vector<double> panels,
           std::vector<Index> length_of_panel, std::vector<std::vector<CorrelationWeights>> weights,
           std::vector<double> breaks, double longest_step, double max_step, const ComplexArray& rho0,
           const RealArray& times, const Settings& settings, const py::list& e_ops, bool store_states,
           const StopFlag* stop, const py::object& progress) -> py::object {
            const TimeConvolutionless equation{hamiltonian,
                                               couplings,
                                               std::move(bath_of_coupling),
                                               std::move(panels),
                                               std::move(length_of_panel),
                                               std::move(weights),
                                               std::move(breaks),
                                               longest_step};
            const auto run = [&](redfield::StateView state, const std::vector<double>& at,
                                 const redfield::IntegrationOptions& options,
                                 const redfield::Observer<redfield::StateView>& observe) {
                return redfield::driven::evolve(equation, max_step, state, at, options, observe);
            };
            try {
                return solve<redfield::IntegrationOptions>(rho0.shape(0), rho0, times, settings, e_ops,
                                                           store_states, stop, progress, run);
            } catch (const redfield::driven::UnresolvedPanel&) {
                return py::none();
            }
        },
        py::arg("hamiltonian"), py::arg("couplings"), py::arg("bath_of_coupling"), py::arg("panels"),
        py::arg("length_of_panel"), py::arg("weights"), py::arg("breaks"), py::arg("longest_step"),
        py::arg("max_step"), py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
        py::arg("store_states"), py::arg("stop") = py::none(), py::arg("progress") = py::none(),
        "None where a panel is too long for the change of the operators in it.");
}

}  // namespace bindings
