#pragma once

#include <memory>
#include <vector>

#include "redfield/system/couplings.hpp"
#include "redfield/trajectories/options.hpp"

namespace redfield::trajectories {

struct Form;

/// Quantum jumps of an equation of Lindblad form (Dalibard, Castin & Mølmer,
/// doi:10.1103/PhysRevLett.68.580): ψ̇ = Gψ,  G = −iH − ½Σ_j L_j†L_j, until ‖ψ‖² has fallen to a random
/// number, then ψ → L_jψ with a probability ∝ ‖L_jψ‖².
///
/// e^{Gτ}ψ is a Faber expansion (evolve/faber.hpp) whose terms are kept over a step: the time of a jump
/// is a root of the norm of their sum, and outputs inside the step cost no product. Eight trajectories
/// are the lanes of a vector; each has steps and jumps of its own, and its numbers do not depend on its
/// neighbours or on threads.
class REDFIELD_EXPORT QuantumJumps {
  public:
    /// All operators in one basis. std::invalid_argument where dimensions differ, an entry is not finite
    /// or G is not that of these jumps.
    QuantumJumps(Operator drift, Operators jumps);
    ~QuantumJumps();
    QuantumJumps(QuantumJumps&&) noexcept;

    Index dimension() const;

    /// Trajectories options.first … + count − 1, from times[0]. Throws Interrupted, ConvergenceError,
    /// std::invalid_argument.
    void run(std::int64_t count, const Start& start, const std::vector<double>& times,
             const Operators& observables, const Options& options, const Record& record) const;

    /// The probability that no jump has been made from a ket, of norm 1, by each of the times, which
    /// start with the ket's; given as 0 from the first on that is below `least`. Throws as run does.
    RealVector survival(const Eigen::VectorXcd& ket, const std::vector<double>& times, double least = 0.0,
                        const Monitor& monitor = {}) const;

  private:
    std::unique_ptr<const Form> form_;
};

}  // namespace redfield::trajectories
