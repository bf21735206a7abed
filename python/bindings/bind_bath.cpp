#include <redfield/bath/drude_bath.hpp>
#include <redfield/bath/lorentzian_bath.hpp>
#include <redfield/bath/ohmic_bath.hpp>
#include <redfield/bath/tabulated_bath.hpp>

#include "interrupt.hpp"

namespace bindings {

namespace {

using redfield::TabulatedBath;

/// Frequencies below which a team costs as much as it saves.
constexpr Index pays_off = 20000;

/// out[k] = f(first, count) on ranges of `size` frequencies.
template <class F>
void on_ranges(Index size, int threads, F&& f) {
    if (threads == 0) threads = size < pays_off ? 1 : redfield::linalg::cores();
    interruptible([&] { redfield::linalg::parallel_ranges(threads, size, f); });
}

/// f of each bath of three numbers at its row of frequencies: numbers (B,), frequencies and result (B,
/// M).
template <class Bath, class Array, class F>
Array at_frequencies(const RealArray& first, const RealArray& second, const RealArray& third,
                     const RealArray& w, int threads, F&& f) {
    const py::ssize_t baths = w.shape(0), each = w.shape(1);
    if (first.size() != baths || second.size() != baths || third.size() != baths)
        throw py::value_error("as many parameters as rows of frequencies are needed");
    Array out({baths, each});
    const double* in = w.data();
    auto* result = out.mutable_data();
    const double *a = first.data(), *b = second.data(), *c = third.data();
    on_ranges(baths * each, threads, [&](Index start, Index count) {
        for (Index k = start; k < start + count;) {
            const Index i = k / each, some = std::min((i + 1) * each, start + count) - k;
            f(Bath(a[i], b[i], c[i]), in + k, result + k, some);
            k += some;
        }
    });
    return out;
}

template <class F>
RealArray of_table(const RealArray& w, int threads, F&& f) {
    RealArray out(w.size());
    const double* in = w.data();
    double* result = out.mutable_data();
    on_ranges(w.size(), threads, [&](Index start, Index count) {
        for (Index k = start; k < start + count; ++k) result[k] = f(in[k]);
    });
    return out;
}

/// NAME_power_spectrum, NAME_lamb_shift and NAME_correlation of a bath of three numbers.
template <class Bath>
void define(py::module_& m, const std::string& name, const char* a, const char* b, const char* c) {
    const auto add = [&](const char* what, auto number, auto f) {
        using Array = py::array_t<decltype(number), py::array::c_style | py::array::forcecast>;
        m.def((name + what).c_str(),
              [f](const RealArray& first, const RealArray& second, const RealArray& third,
                  const RealArray& at, int threads) {
                  return at_frequencies<Bath, Array>(first, second, third, at, threads, f);
              },
              py::arg(a), py::arg(b), py::arg(c), py::arg("at"), py::arg("threads") = 0);
    };
    add("_power_spectrum", double(), [](const Bath& bath, const double* w, double* gamma, Index count) {
        for (Index k = 0; k < count; ++k) gamma[k] = bath.power_spectrum(w[k]);
    });
    add("_lamb_shift", double(), [](const Bath& bath, const double* w, double* eta, Index count) {
        if constexpr (std::is_same_v<Bath, redfield::OhmicBath>)
            bath.lamb_shift(w, eta, count);
        else
            for (Index k = 0; k < count; ++k) eta[k] = bath.lamb_shift(w[k]);
    });
    add("_correlation", redfield::Complex(),
        [](const Bath& bath, const double* t, redfield::Complex* correlation, Index count) {
            for (Index k = 0; k < count; ++k) correlation[k] = bath.correlation(t[k]);
        });
}

}  // namespace

void bind_bath(py::module_& m) {
    define<redfield::OhmicBath>(m, "ohmic", "strength", "cutoff", "beta");
    define<redfield::DrudeBath>(m, "drude", "strength", "cutoff", "beta");
    define<redfield::LorentzianBath>(m, "lorentzian", "strength", "width", "centre");
    m.def(
        "windowed",
        [](const py::object& correlation, double time_scale, double noise, const RealArray& w,
           double window) {
            const redfield::CorrelationFunction c{on_arrays<ComplexArray>(correlation, "correlation(t)"),
                                                  time_scale, noise};
            const RealVector frequencies = to_vector(w);
            const redfield::Windowed out =
                interruptible([&] { return redfield::windowed(c, frequencies, window); });
            return std::make_pair(ComplexArray(out.value.size(), out.value.data()),
                                  ComplexArray(out.derivative.size(), out.derivative.data()));
        },
        py::arg("correlation"), py::arg("time_scale"), py::arg("noise"), py::arg("w"), py::arg("window"),
        "Γ_T and its derivative of a function C(t).");
    py::class_<TabulatedBath>(m, "TabulatedBath", "A table of γ, zero outside.")
        .def(py::init(
                 [](const RealArray& frequencies, const RealArray& values, std::optional<double> beta) {
                     const std::vector<double> w = to_times(frequencies), gamma = to_times(values);
                     constexpr auto outside = redfield::Outside::zero;
                     return beta ? TabulatedBath::thermal(w, gamma, *beta, outside)
                                 : TabulatedBath(w, gamma, outside);
                 }),
             py::arg("frequencies"), py::arg("values"), py::arg("beta"),
             "With beta completed by detailed balance.")
        .def(
            "power_spectrum",
            [](const TabulatedBath& self, const RealArray& w, int threads) {
                return of_table(w, threads, [&](double x) { return self.power_spectrum(x); });
            },
            py::arg("w"), py::arg("threads") = 0)
        .def(
            "lamb_shift",
            [](const TabulatedBath& self, const RealArray& w, int threads) {
                return of_table(w, threads, [&](double x) { return self.lamb_shift(x); });
            },
            py::arg("w"), py::arg("threads") = 0);
}

}  // namespace bindings
