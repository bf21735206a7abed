#include "interrupt.hpp"

namespace bindings {

namespace {

redfield::Baths to_baths(const std::vector<std::pair<RealArray, py::object>>& tables,
                         std::vector<Index> of_coupling) {
    redfield::Baths baths;
    for (const auto& [half_rate, lamb_shift] : tables)
        baths.tables.emplace_back(to_matrix(half_rate), lamb_shift.is_none()
                                                            ? RealMatrix()
                                                            : to_matrix(lamb_shift.cast<RealArray>()));
    baths.of_coupling = std::move(of_coupling);
    return baths;
}

RealVector to_energies(const RealArray& a) {
    RealVector e = to_vector(a);
    if (e.size() == 0 || !e.allFinite()) throw py::value_error("energies must be finite, at least one");
    return e;
}

using Tables = std::vector<std::pair<RealArray, py::object>>;

}  // namespace

void bind_system(py::module_& m) {
    auto& failed =
        py::register_exception<redfield::ConvergenceError>(m, "ConvergenceError", PyExc_RuntimeError);
    failed.attr("__doc__") = "A method can not reach its tolerance; the message says what to change.";
    auto& stopped = py::register_exception<redfield::Interrupted>(m, "Interrupted", PyExc_RuntimeError);
    stopped.attr("__doc__") = "A StopFlag ended the computation.";

    py::register_local_exception_translator([](std::exception_ptr error) {
        try {
            if (error) std::rethrow_exception(error);
        } catch (const std::length_error& e) {  // what will not fit; pybind11 calls it a ValueError
            PyErr_SetString(PyExc_MemoryError, e.what());
        }
    });

    m.def("build_info", [] {
        const redfield::BuildInfo info = redfield::build_info();
        py::dict out;
        out["version"] = info.version;
        out["eigen"] = info.eigen;
        out["simd"] = info.simd;
        out["compiler"] = info.compiler;
        out["openmp"] = info.openmp;
        out["max_threads"] = info.max_threads;
        return out;
    });

    m.def("cores", &redfield::base::cores);
    m.def(
        "energy_rounding", [](const RealArray& e) { return redfield::energy_rounding(to_energies(e)); },
        py::arg("energies"));
    m.def(
        "degeneracy_tol", [](const RealArray& e) { return redfield::degeneracy_tol(to_energies(e)); },
        py::arg("energies"));
    m.def(
        "bohr_frequencies",
        [](const RealArray& e) { return to_array(redfield::bohr_frequencies(to_energies(e))); },
        py::arg("energies"));

    py::class_<redfield::System>(m, "System")
        .def_static(
            "site_projectors",
            [](const RealArray& energies, const ComplexArray& vectors, std::vector<Index> sites,
               const RealArray& weights, const Tables& tables, std::vector<Index> of_coupling) {
                const RealVector e = to_vector(energies), w = to_vector(weights);
                const ComplexMatrix u = to_matrix(vectors);
                redfield::Baths baths = to_baths(tables, std::move(of_coupling));
                return interruptible([&] {
                    return redfield::System(redfield::Eigensystem(e, u),
                                            redfield::SiteProjectors(std::move(sites), w),
                                            std::move(baths));
                });
            },
            py::arg("energies"), py::arg("eigenvectors"), py::arg("sites"), py::arg("weights"),
            py::arg("tables"), py::arg("bath_of_coupling"))
        .def_static(
            "operators",
            [](const RealArray& energies, const ComplexArray& vectors, const py::list& operators,
               const Tables& tables, std::vector<Index> of_coupling) {
                redfield::Operators couplings = to_operators(energies.size(), operators);
                const RealVector e = to_vector(energies);
                const ComplexMatrix u = to_matrix(vectors);
                redfield::Baths baths = to_baths(tables, std::move(of_coupling));
                return interruptible([&] {
                    return redfield::System(redfield::Eigensystem(e, u), std::move(couplings),
                                            std::move(baths));
                });
            },
            py::arg("energies"), py::arg("eigenvectors"), py::arg("operators"), py::arg("tables"),
            py::arg("bath_of_coupling"))
        .def(
            "with_baths",
            [](const redfield::System& self, const Tables& tables, std::vector<Index> of_coupling) {
                return self.with_baths(to_baths(tables, std::move(of_coupling)));
            },
            py::arg("tables"), py::arg("bath_of_coupling"))
        .def_property_readonly("dimension", &redfield::System::dimension);
}

}  // namespace bindings
