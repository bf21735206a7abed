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
