#include <pybind11/complex.h>

#include <redfield/hierarchy/fermionic.hpp>

#include "hierarchy_calls.hpp"

namespace bindings {

namespace {

using redfield::FermionicHierarchy;

/// (coupling a, coupling a†, coefficients of removal, of injection, rates, both at once) of each lead.
using Leads = std::vector<std::tuple<std::size_t, std::size_t, ComplexArray, ComplexArray, ComplexArray,
                                     redfield::Complex, redfield::Complex>>;

Eigen::VectorXcd to_vector(const ComplexArray& x) {
    return Eigen::Map<const Eigen::VectorXcd>(x.data(), x.size());
}

std::vector<redfield::Lead> to_leads(const Leads& given) {
    std::vector<redfield::Lead> out;
    for (const auto& [removal, injection, removed, injected, rates, out_at_once, in_at_once] : given)
        out.push_back({removal, injection, to_vector(removed), to_vector(injected), to_vector(rates),
                       out_at_once, in_at_once});
    return out;
}

}  // namespace

void bind_fermionic_hierarchy(py::module_& m) {
    py::class_<FermionicHierarchy> bound(m, "FermionicHierarchy");
    bind_calls(bound);
    bound
        .def(py::init([](const redfield::System& system, const Leads& leads, int depth, double max_bytes,
                         const py::object& parity) {
                 const std::vector<redfield::Lead> given = to_leads(leads);
                 ComplexMatrix sign;
                 if (!parity.is_none()) sign = to_matrix(parity.cast<ComplexArray>());
                 return interruptible([&] {
                     return std::make_unique<FermionicHierarchy>(system, given, depth, max_bytes, sign);
                 });
             }),
             py::arg("system"), py::arg("leads"), py::arg("depth"), py::arg("max_bytes"),
             py::arg("parity") = py::none())
        .def_property_readonly(
            "parity", [](const FermionicHierarchy& self) { return to_array(self.parity()); },
            "(−1)^N̂, (N, N), in the basis H was given in.")
        .def_static(
            "bytes_of",
            [](Index dimension, const Leads& leads, int depth) {
                return FermionicHierarchy::bytes_of(dimension, to_leads(leads), depth);
            },
            py::arg("dimension"), py::arg("leads"), py::arg("depth"));
}

}  // namespace bindings
