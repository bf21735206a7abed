#pragma once

#include <optional>

#include "settings.hpp"

namespace bindings {

/// A complex array for states, in full or in single precision.
inline py::array states_array(redfield::Precision precision, std::vector<py::ssize_t> shape) {
    if (precision == redfield::Precision::full) return py::array_t<Complex>(std::move(shape));
    return py::array_t<std::complex<float>>(std::move(shape));
}

/// The output buffer of a NumPy array of states.
inline redfield::StateBuffer to_buffer(py::array states) {
    if (py::isinstance<py::array_t<Complex>>(states)) return static_cast<Complex*>(states.mutable_data());
    if (py::isinstance<py::array_t<std::complex<float>>>(states))
        return static_cast<std::complex<float>*>(states.mutable_data());
    throw py::value_error("states are complex128 or complex64");
}

/// The arrays one evolution fills: states (T, N, N) or none, expectation values (E, T), the last state.
struct Outputs {
    Outputs(Index n, std::size_t times, bool store, const redfield::Operators& e_ops,
            redfield::Precision precision = redfield::Precision::full)
        : states(states_array(precision, {static_cast<py::ssize_t>(store ? times : 0), n, n})),
          expectations({e_ops.size(), times}),
          final_state(states_array(precision, {n, n})),
          store_states(store) {}

    redfield::Recorder recorder(std::optional<redfield::Eigensystem> eigenbasis,
                                const redfield::Operators& e_ops, Index times, int threads) {
        redfield::OutputBuffers buffers;
        if (store_states) buffers.states = to_buffer(states);
        buffers.expectations = expectations.mutable_data();
        buffers.final_state = to_buffer(final_state);
        return {final_state.shape(0), std::move(eigenbasis), e_ops, times, buffers, threads};
    }

    py::tuple finish(const redfield::EvolveStats& stats) const {
        const py::object kept = store_states ? py::object(states) : py::object(py::none());
        return py::make_tuple(kept, final_state, expectations, to_dict(stats));
    }

    py::array states;
    py::array_t<Complex> expectations;
    py::array final_state;
    bool store_states;
};

}  // namespace bindings
