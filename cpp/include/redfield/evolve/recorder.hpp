#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/couplings.hpp"
#include "redfield/system/eigensystem.hpp"

namespace redfield {

/// The output buffer of states, in full or in single precision.
using StateBuffer = std::variant<Complex*, std::complex<float>*>;

/// The buffer from entry `first` on; a null buffer stays null.
inline StateBuffer from(const StateBuffer& buffer, Index first) {
    return std::visit([&](auto* to) -> StateBuffer { return to == nullptr ? to : to + first; }, buffer);
}

/// The output buffers of a Recorder; each may be null.
struct OutputBuffers {
    StateBuffer states;               ///< T·N·N, row-major
    Complex* expectations = nullptr;  ///< E·T, row-major
    Index stride = 0;                 ///< from one observable to the next, 0: T
    StateBuffer final_state;          ///< N·N, row-major
};

/// Observes an evolution into buffers its caller owns: states in the given basis, expectation values, the
/// last state. A recorder that keeps no states needs O(N²) memory however many times there are.
class REDFIELD_EXPORT Recorder {
  public:
    /// For N×N states observed in `eigenbasis`, or without one in the given basis, where sparse
    /// observables stay so.
    Recorder(Index n, std::optional<Eigensystem> eigenbasis, const Operators& observables, Index times,
             OutputBuffers buffers, int threads);

    void operator()(Index i, StateView rho);

  private:
    RealMatrix moved(Frame to, StateView state) const;
    using Observable = std::variant<Split, SparseMatrix>;
    Observable prepared(const Operator& o, Index n, std::size_t e) const;

    std::optional<Eigensystem> eigenbasis_;
    std::vector<Observable> observables_;  // in the frame
    Index times_;
    OutputBuffers buffers_;
    int threads_;
};

}  // namespace redfield
