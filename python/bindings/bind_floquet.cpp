#include <redfield/floquet/partial_secular.hpp>
#include <redfield/floquet/redfield.hpp>

#include "driven_arguments.hpp"
#include "solve.hpp"

namespace bindings {

namespace {

using redfield::driven::TimeOperator;
using redfield::floquet::Contacts;
using redfield::floquet::Davies;
using redfield::floquet::Harmonics;
using redfield::floquet::Modes;
using redfield::floquet::PartialSecular;
using redfield::floquet::Redfield;

/// None where a panel is too long for what happens in it.
py::object to_modes(const TimeOperator& hamiltonian, const std::vector<double>& panels, int threads) {
    try {
        return py::cast(interruptible([&] { return Modes(hamiltonian, panels, threads); }));
    } catch (const redfield::driven::UnresolvedPanel&) {
        return py::none();
    }
}

/// evolve(max_step, breaks, …) of an equation that is integrated in the frame of the modes.
template <class Equation>
auto integrated() {
    return
        [](const Equation& self, double max_step, const std::vector<double>& breaks,
           const ComplexArray& rho0, const RealArray& times, const Settings& settings,
           const py::list& e_ops, bool store_states, const StopFlag* stop, const py::object& progress) {
            const auto run = [&](redfield::StateView state, const std::vector<double>& at,
                                 const redfield::IntegrationOptions& options,
                                 const redfield::Observer<redfield::StateView>& observe) {
                return self.evolve(state, at, options, observe, max_step, breaks);
            };
            return solve<redfield::IntegrationOptions>(rho0.shape(0), rho0, times, settings, e_ops,
                                                       store_states, stop, progress, run);
        };
}

py::list to_list(const std::vector<ComplexMatrix>& matrices) {
    py::list out;
    for (const ComplexMatrix& x : matrices) out.append(to_array(x));
    return out;
}

}  // namespace

void bind_floquet(py::module_& m) {
    py::class_<Modes>(m, "FloquetModes")
        .def_static("of", &to_modes, py::arg("hamiltonian"), py::arg("panels"), py::arg("threads"),
                    "None where a panel is too long for what happens in it.")
        .def_property_readonly("quasienergies",
                               [](const Modes& self) { return to_array(self.quasienergies()); })
        .def_property_readonly("energies", [](const Modes& self) { return to_array(self.energies()); })
        .def(
            "at", [](const Modes& self, double t) { return to_array(self.at(t)); }, py::arg("t"))
        .def("frame", [](const Modes& self, double t) { return to_array(self.frame(t)); }, py::arg("t"));

    py::class_<Harmonics>(m, "Harmonics")
        .def_static(
            "of",
            [](const Modes& modes, const std::vector<TimeOperator>& operators, double tol, Index most,
               bool enough, double max_bytes, int threads, Index fewest) {
                return interruptible([&] {
                    return redfield::floquet::harmonics(modes, operators,
                                                        {tol, most, enough, max_bytes, threads, fewest});
                });
            },
            py::arg("modes"), py::arg("operators"), py::arg("tol"), py::arg("most"), py::arg("enough"),
            py::arg("max_bytes"), py::arg("threads"), py::arg("fewest"))
        .def_readonly("most", &Harmonics::most)
        .def_readonly("left", &Harmonics::left)
        .def(
            "series",
            [](const Harmonics& self, std::size_t j) {
                return to_stack(self.of.at(j), self.of.at(j).front().rows());
            },
            py::arg("j"), "(2 most + 1, N, N).");

    py::class_<Contacts>(m, "FloquetContacts")
        .def(py::init(
                 [](const Harmonics& couplings, const Spectra& spectra, std::vector<Index> of_coupling) {
                     return Contacts{couplings, to_spectra(spectra), std::move(of_coupling)};
                 }),
             py::arg("couplings"), py::arg("spectra"), py::arg("bath_of_coupling"));

    py::class_<Davies>(m, "FloquetDavies")
        .def(
            py::init([](const Modes& modes, const Contacts& contacts, bool lamb_shift, double tol,
                        double max_bytes) {
                return interruptible([&] { return Davies(modes, contacts, lamb_shift, tol, max_bytes); });
            }),
            py::arg("modes"), py::arg("contacts"), py::arg("lamb_shift"), py::arg("tol"),
            py::arg("max_bytes"))
        .def_property_readonly("rates", [](const Davies& self) { return to_array(self.rates()); })
        .def_property_readonly("coherence_rates",
                               [](const Davies& self) { return to_array(self.coherence_rates()); })
        .def_property_readonly("counts", [](const Davies& self) { return to_list(self.counts()); })
        .def_property_readonly("energies_released",
                               [](const Davies& self) { return to_list(self.energies_released()); })
        .def_property_readonly("degenerate", &Davies::degenerate)
        .def("steady_states",
             [](const Davies& self) {
                 return to_list(interruptible([&] { return self.steady_states(); }));
             })
        .def(
            "apply",
            [](const Davies& self, const ComplexArray& x) { return to_array(self.apply(to_matrix(x))); },
            py::arg("x"))
        .def(
            "evolve",
            [](const Davies& self, const ComplexArray& rho0, const RealArray& times,
               const Settings& settings, const py::list& e_ops, bool store_states, const StopFlag* stop,
               const py::object& progress) {
                const auto run = [&](redfield::StateView state, const std::vector<double>& at,
                                     const redfield::IntegrationOptions& options,
                                     const redfield::Observer<redfield::StateView>& observe) {
                    return self.evolve(state, at, options, observe);
                };
                return solve<redfield::IntegrationOptions>(rho0.shape(0), rho0, times, settings, e_ops,
                                                           store_states, stop, progress, run);
            },
            py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
            py::arg("store_states"), py::arg("stop") = py::none(), py::arg("progress") = py::none());

    py::class_<Redfield>(m, "FloquetRedfield")
        .def(py::init<const Modes&, const Contacts&, bool>(), py::arg("modes"), py::arg("contacts"),
             py::arg("lamb_shift"))
        .def(
            "series",
            [](const Redfield& self, std::size_t j) {
                return to_stack(self.lambdas.at(j), self.modes.dimension());
            },
            py::arg("j"), "Γ∘A of a coupling, (2 most + 1, N, N).")
        .def("evolve", integrated<Redfield>(), py::arg("max_step"), py::arg("breaks"), py::arg("rho0"),
             py::arg("times"), py::arg("settings"), py::arg("e_ops"), py::arg("store_states"),
             py::arg("stop") = py::none(), py::arg("progress") = py::none());

    py::class_<PartialSecular>(m, "FloquetPartialSecular")
        .def(py::init([](const Modes& modes, const Contacts& contacts, bool lamb_shift, double cutoff,
                         double tol, double max_bytes) {
                 return interruptible(
                     [&] { return PartialSecular(modes, contacts, lamb_shift, cutoff, tol, max_bytes); });
             }),
             py::arg("modes"), py::arg("contacts"), py::arg("lamb_shift"), py::arg("cutoff"),
             py::arg("tol"), py::arg("max_bytes"))
        .def_property_readonly("terms", &PartialSecular::terms)
        .def(
            "losses",
            [](const PartialSecular& self, std::size_t j) {
                return to_stack(self.losses(j), self.dimension());
            },
            py::arg("j"), "Σ A†Λ of a coupling, (4 most + 1, N, N), of the terms that stay.")
        .def(
            "dissipate",
            [](const PartialSecular& self, const ComplexArray& x, double t) {
                return to_array(self.dissipate(to_matrix(x), t));
            },
            py::arg("x"), py::arg("t"))
        .def("evolve", integrated<PartialSecular>(), py::arg("max_step"), py::arg("breaks"),
             py::arg("rho0"), py::arg("times"), py::arg("settings"), py::arg("e_ops"),
             py::arg("store_states"), py::arg("stop") = py::none(), py::arg("progress") = py::none());
}

}  // namespace bindings
