#include "convert.hpp"

namespace bindings {

void bind_generator(py::module_& m) {
    using redfield::Davies;
    using redfield::Generator;
    using redfield::Redfield;

    py::class_<Generator>(m, "Generator")
        .def_property_readonly("dimension", &Generator::dimension)
        .def(
            "apply",
            [](const Generator& self, const ComplexArray& rho, int threads) {
                const Index n = self.dimension();
                if (rho.ndim() != 2 || rho.shape(0) != n || rho.shape(1) != n)
                    throw py::value_error("apply: rho does not have the system's dimension");
                py::array_t<Complex> out({n, n});
                const Complex* x = rho.data();
                Complex* result = out.mutable_data();
                {
                    py::gil_scoped_release release;
                    self.apply_row_major(x, result, threads);
                }
                return out;
            },
            py::arg("rho"), py::arg("threads") = 0)
        .def_property_readonly("bounds", [](const Generator& self) {
            const redfield::SpectralBounds bounds = self.bounds();
            return py::make_tuple(bounds.half_height, bounds.decay);
        });

    py::class_<Redfield, Generator>(m, "Redfield")
        .def(py::init<redfield::System, bool>(), py::arg("system"), py::arg("lamb_shift"),
             py::call_guard<py::gil_scoped_release>());

    py::class_<Davies, Generator>(m, "Davies")
        .def(py::init<const redfield::System&, bool, double>(), py::arg("system"), py::arg("lamb_shift"),
             py::arg("degeneracy_tol"), py::call_guard<py::gil_scoped_release>())
        .def_property_readonly("rates", [](const Davies& self) {
            const RealMatrix& r = self.rates().population;
            RealArray out({r.rows(), r.cols()});
            for (Index l = 0; l < r.cols(); ++l)
                for (Index k = 0; k < r.rows(); ++k) out.mutable_at(k, l) = r(k, l);
            return out;
        });
}

}  // namespace bindings
