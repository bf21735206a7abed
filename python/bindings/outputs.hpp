#pragma once

#include <optional>

#include "settings.hpp"

namespace bindings {

/// The arrays one evolution fills: states (T, N, N) or none, expectation values (E, T), the last state.
struct Outputs {
    Outputs(Index n, std::size_t times, bool store, const redfield::Operators& e_ops)
        : states({static_cast<py::ssize_t>(store ? times : 0), n, n}),
          expectations({e_ops.size(), times}),
          final_state({n, n}),
          store_states(store) {}

    redfield::Recorder recorder(std::optional<redfield::Eigensystem> eigenbasis,
                                const redfield::Operators& e_ops, Index times, int threads) {
        redfield::RecordMemory memory;
        if (store_states) memory.states = states.mutable_data();
        memory.expectations = expectations.mutable_data();
        memory.final_state = final_state.mutable_data();
        return {final_state.shape(0), std::move(eigenbasis), e_ops, times, memory, threads};
    }

    py::tuple finish(const redfield::EvolveStats& stats) const {
        const py::object kept = store_states ? py::object(states) : py::object(py::none());
        return py::make_tuple(kept, final_state, expectations, to_dict(stats));
    }

    py::array_t<Complex> states, expectations, final_state;
    bool store_states;
};

}  // namespace bindings
