#include <redfield/bath/closed_forms.hpp>
#include <redfield/bath/correlation_bath.hpp>
#include <redfield/bath/expansion.hpp>
#include <redfield/bath/numeric_bath.hpp>
#include <redfield/bath/tabulated_bath.hpp>
#include <redfield/bath/underdamped_bath.hpp>

#include "bath_arrays.hpp"

namespace bindings {

namespace {

using redfield::TabulatedBath;
using redfield::UnderdampedBath;

/// f(in, out, count) on an array of any shape.
template <class Array, class F>
Array at_points(const RealArray& at, F&& f) {
    Array out(std::vector<py::ssize_t>(at.shape(), at.shape() + at.ndim()));
    const double* in = at.data();
    auto* to = out.mutable_data();
    interruptible([&] { f(in, to, static_cast<Index>(at.size())); });
    return out;
}

auto to_arrays(const redfield::Windowed& found) {
    return std::make_pair(ComplexArray(found.value.size(), found.value.data()),
                          ComplexArray(found.derivative.size(), found.derivative.data()));
}

/// The methods of a bath that is asked for many frequencies, or times, at once.
template <class Bath>
void define_numbers(py::class_<Bath>& bath) {
    const auto add = [&](const char* name, auto number, const char* argument, auto f) {
        using Array = py::array_t<decltype(number), py::array::c_style | py::array::forcecast>;
        bath.def(
            name,
            [f](const Bath& self, const RealArray& at) {
                return at_points<Array>(
                    at, [&](const double* x, auto* out, Index count) { f(self, x, out, count); });
            },
            py::arg(argument));
    };
    add("power_spectrum", double(), "w",
        [](const Bath& self, const double* w, double* gamma, Index count) {
            self.power_spectrum(w, gamma, count);
        });
    add("lamb_shift", double(), "w", [](const Bath& self, const double* w, double* eta, Index count) {
        self.lamb_shift(w, eta, count);
    });
    add("correlation", Complex(), "t", [](const Bath& self, const double* t, Complex* c, Index count) {
        self.correlation(t, c, count);
    });
    bath.def("lamb_shift_error",
             [](const Bath& self) { return interruptible([&] { return self.lamb_shift_error(); }); });
}

/// `windowed` of a bath that does it by itself.
template <class Bath>
void define_windowed(py::class_<Bath>& bath) {
    bath.def(
        "windowed",
        [](const Bath& self, const RealArray& w, double window) {
            const RealVector frequencies = to_vector(w);
            return to_arrays(interruptible([&] { return self.windowed(frequencies, window); }));
        },
        py::arg("w"), py::arg("window"));
}

redfield::CorrelationBath to_correlation(const py::object& correlation, double time_scale, double noise) {
    return {on_arrays<ComplexArray>(correlation, "correlation(t)"), time_scale, noise};
}

/// γ, η and C of the baths of three numbers, many baths at many places.
void bind_closed_forms(py::module_& m) {
    const auto add = [&](const char* what, auto number, auto f) {
        using Array = py::array_t<decltype(number), py::array::c_style | py::array::forcecast>;
        m.def(
            what,
            [f](const std::string& name, const RealArray& first, const RealArray& second,
                const RealArray& third, const RealArray& at, int threads) {
                return of_named<Array>(name, redfield::bath::ClosedForms{}, [&](const auto* type) {
                    using Bath = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
                    return at_frequencies<Bath, Array>(first, second, third, at, threads, f);
                });
            },
            py::arg("bath"), py::arg("first"), py::arg("second"), py::arg("third"), py::arg("at"),
            py::arg("threads") = 0);
    };
    add("power_spectrum", double(), [](const auto& bath, const double* w, double* gamma, Index count) {
        for (Index k = 0; k < count; ++k) gamma[k] = bath.power_spectrum(w[k]);
    });
    add("lamb_shift", double(), [](const auto& bath, const double* w, double* eta, Index count) {
        if constexpr (redfield::bath::has<redfield::bath::Shifts, std::decay_t<decltype(bath)>>)
            bath.lamb_shift(w, eta, count);
        else
            for (Index k = 0; k < count; ++k) eta[k] = bath.lamb_shift(w[k]);
    });
    add("correlation", Complex(), [](const auto& bath, const double* t, Complex* c, Index count) {
        for (Index k = 0; k < count; ++k) c[k] = bath.correlation(t[k]);
    });
}

void bind_expansion(py::module_& m) {
    using redfield::Expansion;
    py::class_<Expansion>(m, "Expansion", "A function as Legendre series on panels, zero outside.")
        .def(py::init([](const py::object& f, std::vector<double> edges, double tol) {
                 const Expansion::Function function = on_arrays<ComplexArray>(f, "f(x)");
                 return interruptible([&] { return Expansion(function, std::move(edges), tol); });
             }),
             py::arg("f"), py::arg("edges"), py::arg("tol"))
        .def_static(
            "memory",
            [](const py::object& correlation, double time_scale, double noise, double fastest,
               double window) {
                const redfield::Bath bath = to_correlation(correlation, time_scale, noise);
                return interruptible([&] { return Expansion::memory(bath, window, fastest); });
            },
            py::arg("correlation"), py::arg("time_scale"), py::arg("noise"), py::arg("fastest"),
            py::arg("window"), "C(t) on [0, window], or until it is negligible.")
        .def(
            "__call__",
            [](const Expansion& self, const RealArray& x) {
                return at_points<ComplexArray>(x, [&](const double* in, Complex* out, Index count) {
                    for (Index k = 0; k < count; ++k) out[k] = self(in[k]);
                });
            },
            py::arg("x"))
        .def(
            "nodes",
            [](const Expansion& self, const RealArray& cuts, double fastest) {
                const Expansion::Nodes found = self.nodes(to_times(cuts), fastest);
                const auto size = static_cast<py::ssize_t>(found.x.size());
                return std::make_tuple(RealArray(size, found.x.data()),
                                       RealArray(size, found.weight.data()),
                                       ComplexArray(size, found.values.data()));
            },
            py::arg("cuts") = RealArray(0), py::arg("fastest") = 0.0,
            "Nodes, weights and values of an integral with a factor smooth between cuts.")
        .def_property_readonly("ends",
                               [](const Expansion& self) {
                                   const std::vector<double>& ends = self.ends();
                                   return RealArray(static_cast<py::ssize_t>(ends.size()), ends.data());
                               })
        .attr("order") = Expansion::order;
}

void bind_numeric(py::module_& m) {
    using redfield::CorrelationBath;
    using redfield::NumericBath;
    py::class_<NumericBath> numeric(m, "NumericBath", "η and C of a power spectrum by quadrature.");
    define_numbers(numeric);
    numeric
        .def(py::init([](const py::object& gamma, const Features& features, bool low, bool high) {
                 return NumericBath(on_arrays<RealArray>(gamma, "power_spectrum(w)"),
                                    to_features(features), {low, high});
             }),
             py::arg("power_spectrum"), py::arg("features"), py::arg("ends_low"), py::arg("ends_high"))
        .def_static(
            "thermal",
            [](const py::object& density, double beta, double mu, double rate_at_zero, double cutoff,
               const Features& features, bool low, bool high) {
                return NumericBath::thermal({on_arrays<RealArray>(density, "spectral_density(w)"), beta,
                                             rate_at_zero, cutoff, mu},
                                            to_features(features), {low, high});
            },
            py::arg("spectral_density"), py::arg("beta"), py::arg("mu"), py::arg("rate_at_zero"),
            py::arg("cutoff"), py::arg("features"), py::arg("ends_low"), py::arg("ends_high"),
            "Of bosons with a spectral density.");
    define_windowed(numeric);
    py::class_<CorrelationBath>(m, "CorrelationBath", "Γ of a correlation function by quadrature.")
        .def(py::init([](const py::object& correlation, double time_scale) {
                 return to_correlation(correlation, time_scale, 0.0);
             }),
             py::arg("correlation"), py::arg("time_scale"))
        .def(
            "one_sided",
            [](const CorrelationBath& self, const RealArray& w) {
                return at_points<ComplexArray>(w, [&](const double* x, Complex* out, Index count) {
                    self.one_sided(x, out, count);
                });
            },
            py::arg("w"))
        .def("lamb_shift_error", [](const CorrelationBath& self) {
            return interruptible([&] { return self.lamb_shift_error(); });
        });
    py::class_<TabulatedBath> table(m, "TabulatedBath", "A table of γ, zero outside.");
    define_numbers(table);
    table.def(
        py::init([](const RealArray& frequencies, const RealArray& values, std::optional<double> beta) {
            const std::vector<double> w = to_times(frequencies), gamma = to_times(values);
            constexpr auto outside = redfield::Outside::zero;
            return beta ? TabulatedBath::thermal(w, gamma, *beta, outside)
                        : TabulatedBath(w, gamma, outside);
        }),
        py::arg("frequencies"), py::arg("values"), py::arg("beta"),
        "With beta completed by detailed balance.");
    define_windowed(table);
    py::class_<UnderdampedBath> underdamped(m, "UnderdampedBath", "A damped mode beside a thermal bath.");
    define_numbers(underdamped);
    underdamped.def(py::init<double, double, double, double>(), py::arg("strength"), py::arg("frequency"),
                    py::arg("damping"), py::arg("beta"));
    bind_derivatives(m, underdamped);
}

}  // namespace

void bind_bath(py::module_& m) {
    bind_closed_forms(m);
    m.def(
        "windowed",
        [](const py::object& correlation, double time_scale, double noise, const RealArray& w,
           double window) {
            const redfield::Bath bath = to_correlation(correlation, time_scale, noise);
            const RealVector frequencies = to_vector(w);
            return to_arrays(interruptible([&] { return bath.windowed(frequencies, window); }));
        },
        py::arg("correlation"), py::arg("time_scale"), py::arg("noise"), py::arg("w"), py::arg("window"),
        "Γ_T and its derivative of a function C(t).");
    bind_expansion(m);
    bind_numeric(m);
}

}  // namespace bindings
