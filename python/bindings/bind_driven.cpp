#include <redfield/driven/controlled.hpp>
#include <redfield/driven/lindblad.hpp>
#include <redfield/equation/kinds.hpp>

#include "driven_arguments.hpp"
#include "solve.hpp"

namespace bindings {

namespace {

using redfield::Generator;
using redfield::Kind;
using redfield::driven::Moment;
using redfield::driven::PiecewisePolynomial;
using redfield::driven::Resolution;
using redfield::driven::TimeOperator;

PiecewisePolynomial to_pieces(const RealArray& breaks, const RealArray& series) {
    if (series.ndim() != 3) throw py::value_error("expected coefficients (pieces, terms, components)");
    return {to_times(breaks),
            {series.data(), series.data() + series.size()},
            series.shape(1),
            series.shape(2)};
}

/// The call solves a problem of driven::evolve.
template <class Options, class Problem>
auto by(const Problem& problem) {
    return [&problem](redfield::StateView state, const std::vector<double>& times, const Options& options,
                      const redfield::Observer<redfield::StateView>& observe) {
        return redfield::driven::evolve(problem, state, times, options, observe);
    };
}

/// (P, N⁴): 𝓛 at each time as matrices on packed states of the given basis, column after column.
RealArray tabulate(const redfield::driven::System& system, const Kind& kind,
                   const RealArray& time_array) {
    const std::vector<double> times = to_times(time_array);
    const Index n = system.dimension(), entries = n * n * n * n;
    RealArray out({static_cast<py::ssize_t>(times.size()), entries});
    double* next = out.mutable_data();
    interruptible([&] {
        redfield::linalg::Workspace ws(1);
        for (const double t : times) {
            redfield::base::poll();
            Eigen::Map<RealMatrix>(next, n * n, n * n) =
                redfield::driven::packed_in_given_basis(*kind(system.at(Moment(t)), 0), ws);
            next += entries;
        }
    });
    return out;
}

}  // namespace

void bind_driven(py::module_& m) {
    py::class_<PiecewisePolynomial>(m, "PiecewisePolynomial",
                                    "A function of one variable: Chebyshev series on pieces.")
        .def(py::init(&to_pieces), py::arg("breaks"), py::arg("series"));

    py::class_<Resolution>(m, "Resolution", "How long steps may be.")
        .def(py::init<std::vector<double>>(), py::arg("ends"))
        .def("longest", &Resolution::longest, py::arg("t"), "The longest step from t on.")
        .def("narrowest", &Resolution::narrowest, "The length of the shortest interval, or inf.")
        .def_property_readonly("grids", &Resolution::grids, "The ends of the intervals.");

    py::class_<TimeOperator>(m, "TimeOperator", "An operator that depends on time.")
        .def_static(
            "constant", [](const ComplexArray& x) { return TimeOperator(to_matrix(x)); }, py::arg("x"))
        .def_static(
            "terms",
            [](const std::vector<ComplexArray>& terms, const PiecewisePolynomial& coefficients) {
                return TimeOperator(to_matrices(terms), coefficients);
            },
            py::arg("terms"), py::arg("coefficients"))
        .def_static(
            "entries",
            [](Index n, const PiecewisePolynomial& entries) { return TimeOperator(n, entries); },
            py::arg("n"), py::arg("entries"))
        .def_static(
            "function",
            [](Index n, py::object function, std::optional<PiecewisePolynomial> shape) {
                const std::shared_ptr<py::object> held(new py::object(std::move(function)),
                                                       [](py::object* f) {
                                                           const py::gil_scoped_acquire gil;
                                                           delete f;
                                                       });
                return TimeOperator(
                    n,
                    [held](double t) {
                        const py::gil_scoped_acquire gil;
                        return to_matrix((*held)(t).cast<ComplexArray>());
                    },
                    std::move(shape));
            },
            py::arg("n"), py::arg("function"), py::arg("shape"))
        .def_property_readonly("largest", &TimeOperator::largest, "The largest norm at any time.")
        .def(
            "resolution",
            [](const TimeOperator& self, const std::vector<double>& breaks, double action) {
                return self.resolution(breaks, 1.0, action);
            },
            py::arg("breaks"), py::arg("action"),
            "The intervals that steps follow, which may miss `action` of the integral of its norm.");

    using System = redfield::driven::System;
    py::class_<System>(m, "DrivenSystem")
        .def(py::init([](const TimeOperator& hamiltonian, std::vector<TimeOperator> couplings,
                         const Spectra& spectra, std::vector<Index> of_coupling) {
                 return System(hamiltonian, std::move(couplings), to_spectra(spectra),
                               std::move(of_coupling));
             }),
             py::arg("hamiltonian"), py::arg("couplings"), py::arg("spectra"),
             py::arg("bath_of_coupling"))
        .def_static(
            "site_projectors",
            [](const TimeOperator& hamiltonian, std::vector<Index> sites, const RealArray& weights,
               const Spectra& spectra, std::vector<Index> of_coupling) {
                return System(hamiltonian, redfield::SiteProjectors(std::move(sites), to_vector(weights)),
                              to_spectra(spectra), std::move(of_coupling));
            },
            py::arg("hamiltonian"), py::arg("sites"), py::arg("weights"), py::arg("spectra"),
            py::arg("bath_of_coupling"))
        .def_property_readonly(
            "has_fixed_couplings", [](const System& self) { return self.fixed_couplings() != nullptr; },
            "Whether no coupling changes.");

    m.def(
        "evolve_driven",
        [](const System& system, const Kind& kind, const std::vector<double>& breaks, double max_step,
           const ComplexArray& rho0, const RealArray& times, const Settings& settings,
           const py::list& e_ops, bool store_states, const StopFlag* stop, const py::object& progress) {
            const redfield::driven::Drive drive{
                [&](const Moment& moment) { return kind(system.at(moment), 0); }, breaks, max_step, true,
                system.resolution(breaks,
                                  Resolution::action_of(settings.as<redfield::IntegrationOptions>()))};
            return solve<redfield::driven::Options>(system.dimension(), rho0, times, settings, e_ops,
                                                    store_states, stop, progress,
                                                    by<redfield::driven::Options>(drive));
        },
        py::arg("system"), py::arg("kind"), py::arg("breaks"), py::arg("max_step"), py::arg("rho0"),
        py::arg("times"), py::arg("settings"), py::arg("e_ops"), py::arg("store_states"),
        py::arg("stop") = py::none(), py::arg("progress") = py::none());
    m.def(
        "evolve_controlled",
        [](const System& system, const Kind& kind, std::optional<bool> lambdas_with_shift,
           const std::optional<PiecewisePolynomial>& control, double low, double high, double max_bytes,
           const std::vector<double>& breaks, double max_step, const ComplexArray& rho0,
           const RealArray& times, const Settings& settings, const py::list& e_ops, bool store_states,
           const StopFlag* stop, const py::object& progress) {
            redfield::driven::Controlled equation{system,   [&](const auto& at) { return kind(at, 0); },
                                                  {},       control,
                                                  low,      high,
                                                  breaks,   max_step,
                                                  max_bytes};
            if (lambdas_with_shift)
                equation.pair_equation = [shift = *lambdas_with_shift](const redfield::System& at) {
                    return redfield::equation::one_sided(at, shift);
                };
            return solve<redfield::IntegrationOptions>(rho0.shape(0), rho0, times, settings, e_ops,
                                                       store_states, stop, progress,
                                                       by<redfield::IntegrationOptions>(equation));
        },
        py::arg("system"), py::arg("kind"), py::arg("lambdas_with_shift"), py::arg("control"),
        py::arg("low"), py::arg("high"), py::arg("max_bytes"), py::arg("breaks"), py::arg("max_step"),
        py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"), py::arg("store_states"),
        py::arg("stop") = py::none(), py::arg("progress") = py::none(),
        R"(The system is against the control u, or time, between low and high.

`lambdas_with_shift` tells whether Redfield's equation has a Lamb shift; None of another kind.)");
    m.def(
        "evolve_driven_by",
        [](const py::object& generator_at, const std::vector<TimeOperator>& changing,
           const std::vector<double>& breaks, double max_step, const ComplexArray& rho0,
           const RealArray& times, const Settings& settings, const py::list& e_ops, bool store_states,
           const StopFlag* stop, const py::object& progress) {
            const auto at = [&](const Moment& moment) {
                const py::gil_scoped_acquire gil;
                return std::shared_ptr<const Generator>(
                    generator_at(moment.t).cast<std::shared_ptr<Generator>>());
            };
            Resolution resolution;
            for (const TimeOperator& x : changing) resolution.add(x.resolution(breaks, 1.0, 0.0));
            const redfield::driven::Drive drive{at, breaks, max_step, false, resolution};
            return solve<redfield::driven::Options>(rho0.shape(0), rho0, times, settings, e_ops,
                                                    store_states, stop, progress,
                                                    by<redfield::driven::Options>(drive));
        },
        py::arg("generator_at"), py::arg("changing"), py::arg("breaks"), py::arg("max_step"),
        py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"), py::arg("store_states"),
        py::arg("stop") = py::none(), py::arg("progress") = py::none(),
        "The generator at t is a Python function's, and changes as the operators `changing` do.");
    m.def(
        "evolve_driven_lindblad",
        [](const TimeOperator& hamiltonian, std::vector<TimeOperator> jumps,
           const std::vector<double>& breaks, double max_step, const ComplexArray& rho0,
           const RealArray& times, const Settings& settings, const py::list& e_ops, bool store_states,
           const StopFlag* stop, const py::object& progress) {
            const redfield::driven::LindbladDrive drive{hamiltonian, std::move(jumps), breaks, max_step};
            return solve<redfield::IntegrationOptions>(rho0.shape(0), rho0, times, settings, e_ops,
                                                       store_states, stop, progress,
                                                       by<redfield::IntegrationOptions>(drive));
        },
        py::arg("hamiltonian"), py::arg("jumps"), py::arg("breaks"), py::arg("max_step"), py::arg("rho0"),
        py::arg("times"), py::arg("settings"), py::arg("e_ops"), py::arg("store_states"),
        py::arg("stop") = py::none(), py::arg("progress") = py::none());
    m.def("tabulate", &tabulate, py::arg("system"), py::arg("kind"), py::arg("times"));
}

}  // namespace bindings
