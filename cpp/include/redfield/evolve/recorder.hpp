#pragma once

#include <optional>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/eigensystem.hpp"

namespace redfield {

/// Observes an evolution into memory its caller owns: states in the given basis, expectation values, the
/// last state. A recorder that keeps no states needs O(N²) memory however many times there are.
class REDFIELD_EXPORT Recorder {
  public:
    /// For N×N states observed in `eigenbasis`, or without one in the given basis. `states` (T·N·N,
    /// row-major, may be null) and `expectations` (E·T, row-major, may be null; `stride` from one
    /// observable to the next, if not T).
    Recorder(Index n, std::optional<Eigensystem> eigenbasis,
             const std::vector<ComplexMatrix>& observables, Index times, Complex* states,
             Complex* expectations, int threads, Index stride = 0);

    void operator()(Index i, StateView rho);

    /// The last state observed, in the given basis.
    const ComplexMatrix& final_state() const { return final_; }

  private:
    RealMatrix moved(Frame to, StateView state) const;

    std::optional<Eigensystem> eigenbasis_;
    std::vector<Split> observables_;  // packed, in the frame
    Index times_, stride_;
    Complex *states_, *expectations_;
    int threads_;
    ComplexMatrix final_;
};

}  // namespace redfield
