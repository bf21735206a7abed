#include <redfield/bath/ohmic_bath.hpp>

#include "interrupt.hpp"

namespace bindings {

namespace {

using redfield::OhmicBath;

/// f of each bath at its row of frequencies: parameters (B,), frequencies and result (B, M).
template <class F>
RealArray at_frequencies(const RealArray& strength, const RealArray& cutoff, const RealArray& beta,
                         const RealArray& w, int threads, F&& f) {
    const py::ssize_t baths = w.shape(0), each = w.shape(1);
    if (strength.size() != baths || cutoff.size() != baths || beta.size() != baths)
        throw py::value_error("as many parameters as rows of frequencies are needed");
    RealArray out({baths, each});
    const double* in = w.data();
    double* result = out.mutable_data();
    const double *s = strength.data(), *c = cutoff.data(), *b = beta.data();
    constexpr Index pays_off = 20000;  // frequencies, below which a team costs as much as it saves
    const Index size = baths * each;
    if (threads == 0) threads = size < pays_off ? 1 : redfield::linalg::cores();
    interruptible([&] {
        redfield::linalg::parallel_ranges(threads, size, [&](Index first, Index count) {
            for (Index k = first; k < first + count;) {
                const Index i = k / each, some = std::min((i + 1) * each, first + count) - k;
                f(OhmicBath(s[i], c[i], b[i]), in + k, result + k, some);
                k += some;
            }
        });
    });
    return out;
}

}  // namespace

void bind_bath(py::module_& m) {
    const auto define = [&m](const char* name, auto f) {
        m.def(
            name,
            [f](const RealArray& strength, const RealArray& cutoff, const RealArray& beta,
                const RealArray& w,
                int threads) { return at_frequencies(strength, cutoff, beta, w, threads, f); },
            py::arg("strength"), py::arg("cutoff"), py::arg("beta"), py::arg("w"),
            py::arg("threads") = 0);
    };
    define("ohmic_power_spectrum",
           [](const OhmicBath& bath, const double* w, double* gamma, Index count) {
               for (Index k = 0; k < count; ++k) gamma[k] = bath.power_spectrum(w[k]);
           });
    define("ohmic_lamb_shift", [](const OhmicBath& bath, const double* w, double* eta, Index count) {
        bath.lamb_shift(w, eta, count);
    });
}

}  // namespace bindings
