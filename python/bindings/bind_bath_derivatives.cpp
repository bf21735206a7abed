#include "bath_arrays.hpp"

namespace bindings {

namespace {

/// Derivatives of Γ at every frequency: dΓ/dω and those in the order of the numbers, (1 + P, B, M);
/// `bath` is called with a row's index.
template <std::size_t Numbers, class F>
ComplexArray derivatives_at(const RealArray& w, py::ssize_t rows, bool lamb_shift, int threads,
                            F&& bath) {
    const Index size = w.size(), each = rows > 0 ? size / rows : 0;
    ComplexArray out({static_cast<py::ssize_t>(1 + Numbers), rows, static_cast<py::ssize_t>(each)});
    const double* in = w.data();
    Complex* to = out.mutable_data();
    on_ranges(size, threads, [&](Index start, Index count) {
        for (Index k = start; k < start + count;) {
            const auto& of = bath(k / each);
            for (const Index end = std::min((k / each + 1) * each, start + count); k < end; ++k) {
                const redfield::DerivativesAt<Numbers> at = of.derivatives(in[k], lamb_shift);
                to[k] = at.frequency;
                for (std::size_t p = 0; p < Numbers; ++p) to[(p + 1) * size + k] = at.numbers[p];
            }
        }
    });
    return out;
}

}  // namespace

void bind_derivatives(py::module_& m, py::class_<redfield::UnderdampedBath>& underdamped) {
    m.def(
        "bath_derivatives",
        [](const std::string& name, const RealArray& first, const RealArray& second,
           const RealArray& third, const RealArray& w, bool lamb_shift, int threads) {
            const py::ssize_t baths = w.shape(0);
            if (first.size() != baths || second.size() != baths || third.size() != baths)
                throw py::value_error("as many parameters as rows of frequencies are needed");
            return of_named<ComplexArray>(name, redfield::bath::ClosedForms{}, [&](const auto* type) {
                using Bath = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
                const double *a = first.data(), *b = second.data(), *c = third.data();
                return derivatives_at<3>(w, baths, lamb_shift, threads,
                                         [=](Index i) { return Bath(a[i], b[i], c[i]); });
            });
        },
        py::arg("bath"), py::arg("first"), py::arg("second"), py::arg("third"), py::arg("w"),
        py::arg("lamb_shift") = true, py::arg("threads") = 0,
        "dΓ/dω and ∂Γ/∂p of the three numbers, (4, B, M).");
    m.def(
        "ohmic_exponent_derivative",
        [](const RealArray& strength, const RealArray& cutoff, const RealArray& beta, const RealArray& w,
           bool lamb_shift, int threads) {
            return at_frequencies<redfield::OhmicBath, ComplexArray>(
                strength, cutoff, beta, w, threads,
                [lamb_shift](const auto& bath, const double* in, Complex* out, Index count) {
                    for (Index k = 0; k < count; ++k)
                        out[k] = bath.exponent_derivative(in[k], lamb_shift);
                });
        },
        py::arg("strength"), py::arg("cutoff"), py::arg("beta"), py::arg("w"),
        py::arg("lamb_shift") = true, py::arg("threads") = 0, "∂Γ/∂s at s = 1, (B, M).");
    underdamped.def(
        "derivatives",
        [](const redfield::UnderdampedBath& self, const RealArray& w, bool lamb_shift) {
            return derivatives_at<4>(w, 1, lamb_shift, 0,
                                     [&](Index) -> const redfield::UnderdampedBath& { return self; });
        },
        py::arg("w"), py::arg("lamb_shift") = true, "dΓ/dω and ∂Γ/∂p of the four numbers, (5, 1, M).");
}

}  // namespace bindings
