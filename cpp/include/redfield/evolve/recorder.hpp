#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

/// Observes an evolution into memory its caller owns: states in the given basis, expectation values, the
/// last state. A recorder that keeps no states needs O(N²) memory however many times there are.
class REDFIELD_EXPORT Recorder {
  public:
    /// `states` (T·N·N, row-major, may be null) and `expectations` (E·T, row-major, may be null).
    Recorder(const Generator& generator, const std::vector<ComplexMatrix>& observables, Index times,
             Complex* states, Complex* expectations, int threads);

    void operator()(Index i, const RealMatrix& rho);

    /// The last state observed, in the given basis.
    ComplexMatrix final_state() const;

  private:
    struct Observable {
        RealMatrix hermitian, antihermitian;  // O = H₁ + iH₂ packed, the latter empty if O = O†
    };
    const Eigensystem& eigen_;
    std::vector<Observable> observables_;
    Index times_;
    Complex *states_, *expectations_;
    int threads_;
    RealMatrix last_;
};

}  // namespace redfield
