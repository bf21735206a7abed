#pragma once

#include <algorithm>
#include <optional>
#include <redfield/bath/closed_forms.hpp>
#include <redfield/bath/underdamped_bath.hpp>
#include <string>

#include "interrupt.hpp"

namespace bindings {

/// Frequencies below which a team costs as much as it saves.
constexpr Index pays_off = 20000;

/// out[k] = f(first, count) on ranges of `size` frequencies.
template <class F>
void on_ranges(Index size, int threads, F&& f) {
    if (threads == 0) threads = size < pays_off ? 1 : redfield::base::cores();
    interruptible([&] { redfield::base::parallel_ranges(threads, size, f); });
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

/// f of the class of closed-form bath that has a name, told by a null pointer to it.
template <class Array, class F, class... Baths>
Array of_named(const std::string& name, redfield::bath::List<Baths...> /*all*/, F&& f) {
    std::optional<Array> out;
    const auto ask = [&](const auto* type) {
        if (type->name == name) out = f(type);
    };
    (ask(static_cast<const Baths*>(nullptr)), ...);
    if (!out) throw py::value_error("there is no closed form of the name " + name);
    return *out;
}

/// `bath_derivatives` of closed forms, and the method of a damped mode.
void bind_derivatives(py::module_& m, py::class_<redfield::UnderdampedBath>& underdamped);

}  // namespace bindings
