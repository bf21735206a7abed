#pragma once

#include <vector>

#include "redfield/system/couplings.hpp"
#include "redfield/trajectories/options.hpp"

namespace redfield::trajectories {

/// Quantum jumps of Davies' equation of a non-degenerate spectrum, in the eigenbasis: |l⟩ → |k⟩ with the
/// rate R_kl, and dephasing by each coupling's Σ_m D_mj |m⟩⟨m|, D_mj = √γ_j(0) (A_j)_mm. Between them
/// each amplitude turns and decays alone, and once a jump between levels has been made the ket is an
/// eigenstate, which a Markov chain moves: O(N) a jump, N numbers a ket.
class REDFIELD_EXPORT EigenstateJumps {
  public:
    /// `energies` with the Lamb shift, (N,); `rates` R, (N, N), whose diagonal is not read; `dephasing`
    /// D, (N, K). std::invalid_argument where they differ in size, are not finite, or a rate is negative.
    EigenstateJumps(RealVector energies, RealMatrix rates, ComplexMatrix dephasing);

    Index dimension() const { return energies_.size(); }

    /// As QuantumJumps::run, with observables in the eigenbasis. Channel k + Nl is |l⟩ → |k⟩, N² + j
    /// dephasing by coupling j.
    void run(std::int64_t count, const Start& start, const std::vector<double>& times,
             const Operators& observables, const Options& options, const Record& record) const;

    /// As QuantumJumps::survival; of an eigenstate dephasing is no jump, as it changes nothing.
    RealVector survival(const Eigen::VectorXcd& ket, const std::vector<double>& times, double least = 0.0,
                        const Monitor& monitor = {}) const;

  private:
    class One;
    RealVector energies_;
    RealMatrix rates_;    // 0 on the diagonal
    RealVector leaving_;  // Σ_k R_kl
    ComplexMatrix dephasing_;
    RealVector dephasing_rate_;  // Σ_j |D_mj|²
};

}  // namespace redfield::trajectories
