#pragma once

#include <optional>
#include <vector>

#include "settings.hpp"

namespace bindings {

/// The arrays one evolution fills: states (T, N, N) or none, expectation values (E, T).
struct Outputs {
    Outputs(Index n, std::size_t times, bool store, const std::vector<ComplexMatrix>& e_ops)
        : states({static_cast<py::ssize_t>(store ? times : 0), n, n}),
          expectations({e_ops.size(), times}),
          store_states(store) {}

    redfield::Recorder recorder(std::optional<redfield::Eigensystem> eigenbasis,
                                const std::vector<ComplexMatrix>& e_ops, Index times, int threads) {
        return {states.shape(1),
                std::move(eigenbasis),
                e_ops,
                times,
                store_states ? states.mutable_data() : nullptr,
                expectations.mutable_data(),
                threads};
    }

    py::tuple finish(const redfield::Recorder& recorder, const redfield::EvolveStats& stats) const {
        const py::object kept = store_states ? py::object(states) : py::object(py::none());
        return py::make_tuple(kept, to_array(recorder.final_state()), expectations, to_dict(stats));
    }

    py::array_t<Complex> states, expectations;
    bool store_states;
};

inline std::vector<ComplexMatrix> to_matrices(const std::vector<ComplexArray>& arrays) {
    std::vector<ComplexMatrix> out;
    for (const ComplexArray& a : arrays) out.push_back(to_matrix(a));
    return out;
}

}  // namespace bindings
