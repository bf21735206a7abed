#include <limits>

#include "interrupt.hpp"
#include "settings.hpp"

namespace bindings {

namespace {

using redfield::Generator;
using redfield::Kind;
using redfield::System;
using Complexes = std::vector<ComplexArray>;

/// What one member has of a quantity given for each, or once for all.
template <class T>
const T& of_member(const std::vector<T>& given, std::size_t i) {
    return given[given.size() == 1 ? 0 : i];
}

template <class Equation, class... Arguments>
Kind kind_of(Arguments... arguments) {
    return [=](const System& system, std::size_t) {
        return std::make_shared<const Equation>(system, arguments...);
    };
}

}  // namespace

void bind_kind(py::module_& m) {
    m.def(
        "universal_lamb_shift",
        [](const System& system, const std::vector<std::pair<py::object, Features>>& spectra) {
            redfield::Baths baths = system.baths();
            baths.tabulated.clear();
            for (const auto& [power_spectrum, features] : spectra)
                baths.tabulated.emplace_back(redfield::NumericBath(
                    on_arrays<RealArray>(power_spectrum, "power_spectrum(w)"), to_features(features)));
            const System whole = system.with_baths(std::move(baths));
            return to_array(
                interruptible([&] { return redfield::equation::universal_lamb_shift(whole); }));
        },
        py::arg("system"), py::arg("spectra"),
        "H_LS of the universal Lindblad equation in the eigenbasis, of γ and its features of each bath.");
    m.def(
        "principal_value_nodes",
        [](const py::object& power_spectrum, const Features& features, const RealArray& w, int parts) {
            const redfield::Bath bath = redfield::NumericBath(
                on_arrays<RealArray>(power_spectrum, "power_spectrum(w)"), to_features(features));
            const RealVector at = to_vector(w);
            const auto found =
                interruptible([&] { return redfield::principal_value_nodes(bath, at, parts); });
            return py::make_tuple(to_array(found.x), to_array(found.weight));
        },
        py::arg("power_spectrum"), py::arg("features"), py::arg("frequencies"), py::arg("parts"),
        "(x, weight) of a rule of the universal Lindblad equation's principal values among frequencies.");
    py::class_<Kind>(m, "Kind", "A kind of equation: makes one of a system.")
        .def(
            "make",
            [](const Kind& self, const System& system) {
                return std::const_pointer_cast<Generator>(interruptible([&] { return self(system, 0); }));
            },
            py::arg("system"))
        .def_static(
            "named",
            [](const std::string& name, bool lamb_shift, const std::vector<double>& numbers,
               double threshold, double max_bytes) -> Kind {
                return [=](const System& system, std::size_t) -> std::shared_ptr<const Generator> {
                    redfield::equation::PairEquation equation =
                        redfield::equation::named(name, system, lamb_shift, numbers);
                    if (equation.separable() != nullptr)
                        return std::make_shared<const redfield::LambdaGenerator>(
                            redfield::lambda_form(std::move(equation)));
                    return std::make_shared<const redfield::Pairwise>(std::move(equation), threshold,
                                                                      max_bytes);
                };
            },
            py::arg("name"), py::arg("lamb_shift"), py::arg("numbers") = std::vector<double>(),
            py::arg("threshold") = 0.0, py::arg("max_bytes") = std::numeric_limits<double>::infinity(),
            "A kind that numbers alone tell apart from others.")
        .def_static("davies", &kind_of<redfield::Davies, bool, double, double>, py::arg("lamb_shift"),
                    py::arg("degeneracy_tol"), py::arg("max_bytes"))
        .def_static(
            "davies_with_shift",
            [](double degeneracy_tol, double max_bytes, const ComplexArray& shift) -> Kind {
                const ComplexMatrix h = to_matrix(shift);
                return [=](const System& system, std::size_t) {
                    return std::make_shared<const redfield::Davies>(system, false, degeneracy_tol,
                                                                    max_bytes, h);
                };
            },
            py::arg("degeneracy_tol"), py::arg("max_bytes"), py::arg("shift"))
        .def_static(
            "given_lambdas",
            [](const Complexes& lambdas) -> Kind {
                std::vector<ComplexMatrix> matrices;
                for (const ComplexArray& each : lambdas) matrices.push_back(to_matrix(each));
                return [matrices](const System& system, std::size_t) {
                    return std::make_shared<const redfield::LambdaGenerator>(
                        redfield::given_lambdas(system, matrices));
                };
            },
            py::arg("lambdas"))
        .def_static(
            "partial_secular",
            [](double cutoff, bool lamb_shift, double degeneracy_tol, double max_bytes) -> Kind {
                const Kind all = kind_of<redfield::Redfield>(lamb_shift);
                const Kind some =
                    kind_of<redfield::PartialSecular>(cutoff, lamb_shift, degeneracy_tol, max_bytes);
                // Ω − Ω' never exceeds twice the bandwidth: beyond, products do the same for less.
                return [=](const System& system, std::size_t i) {
                    return (cutoff >= 2.0 * system.eigensystem().bandwidth() ? all : some)(system, i);
                };
            },
            py::arg("cutoff"), py::arg("lamb_shift"), py::arg("degeneracy_tol"), py::arg("max_bytes"))
        .def_static(
            "bloch_redfield",
            [](double sec_cutoff, Index jumps, bool lamb_shift, double max_bytes) -> Kind {
                return [=](const System& system, std::size_t) {
                    return redfield::bloch_redfield(system, {sec_cutoff, jumps, lamb_shift, max_bytes});
                };
            },
            py::arg("sec_cutoff"), py::arg("jumps"), py::arg("lamb_shift"), py::arg("max_bytes"))
        .def_static(
            "universal_lindblad",
            [](const Complexes& lamb_shifts) -> Kind {
                std::vector<ComplexMatrix> shifts;
                for (const ComplexArray& each : lamb_shifts) shifts.push_back(to_matrix(each));
                if (shifts.empty()) shifts.emplace_back();
                return [shifts](const System& system, std::size_t i) {
                    return std::make_shared<const redfield::UniversalLindblad>(system,
                                                                               of_member(shifts, i));
                };
            },
            py::arg("lamb_shifts"), "H_LS of each member in its eigenbasis, or none.")
        .def_static(
            "coarse_grained",
            [](double window,
               const std::vector<std::vector<std::pair<ComplexArray, ComplexArray>>>& tables,
               bool lamb_shift, double threshold, double max_bytes) -> Kind {
                std::vector<std::vector<redfield::equation::WindowTable>> windowed;
                for (const auto& member : tables) {
                    windowed.emplace_back();
                    for (const auto& [value, derivative] : member)
                        windowed.back().push_back({to_matrix(value), to_matrix(derivative)});
                }
                return [=](const System& system, std::size_t i) {
                    return std::make_shared<const redfield::CoarseGrained>(
                        system, window, of_member(windowed, i), lamb_shift, threshold, max_bytes);
                };
            },
            py::arg("window"), py::arg("tables"), py::arg("lamb_shift"), py::arg("threshold"),
            py::arg("max_bytes"), "Γ_T and its derivative of each bath of each member.");
}

}  // namespace bindings
