#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield::trajectories {

struct Form;

struct LowRankOptions {
    double rtol = 1e-4;  ///< of ρ in trace norm, relative to tr ρ, over the whole time; less than 1
    Index max_rank = 0;  ///< ConvergenceError beyond; 0: N
    int threads = 0;     ///< 0 chooses
    Monitor monitor;
};

struct LowRankStats : StepCount {
    Index rank = 0;      ///< the largest
    double error = 0.0;  ///< a bound as far as the steps' own estimates are, in trace norm
};

/// A state ρ = XX† and the statistics up to its time.
struct LowRankState {
    const ComplexMatrix& factor;  ///< X
    const LowRankStats& stats;
};

/// ρ = XX† of adaptive rank, of an equation of Lindblad form.
///
/// With 𝓖ρ = Gρ + ρG† and 𝓙ρ = ΣL_jρL_j† a step is the classical Runge–Kutta method on e^{−𝓖t}ρ (Lawson),
/// all of whose weights are positive,
///   ρ₁ = e^{𝓖h}(ρ + h/6 k₁) + h/3 e^{𝓖h/2}(k₂ + k₃) + h/6 k₄,  k_i = 𝓙ρ_i,
///   ρ₂ = e^{𝓖h/2}(ρ + h/2 k₁),  ρ₃ = e^{𝓖h/2}ρ + h/2 k₂,  ρ₄ = e^{𝓖h}ρ + h e^{𝓖h/2}k₃,
/// so that every stage is a product XX† again, ρ stays positive, and only columns are added and left out
/// (Cao & Lu, doi:10.1007/s10915-024-02707-x). Columns are left out by a pivoted Cholesky
/// factorisation of XX†, whose remainder is positive and known exactly, being a trace. The state is
/// scaled to the trace it started with. The error of a step is a seventh of the difference between two
/// half steps and a whole one, a third where energies turn far within it, the trace that was left out,
/// the change of the trace that scaling undoes, and the tolerance of the expansions; the flow shrinks
/// trace norms, so that errors of steps add up to a bound of the whole.
class REDFIELD_EXPORT LowRank {
  public:
    /// Drift G and jump operators L_j, checked as those of QuantumJumps are.
    LowRank(Operator drift, Operators jumps);
    ~LowRank();
    LowRank(LowRank&&) noexcept;

    Index dimension() const;

    /// Observes ρ at every time, tr XX† being that of the start. Throws as QuantumJumps::run does, and
    /// ConvergenceError beyond max_rank.
    LowRankStats run(const ComplexMatrix& start, const std::vector<double>& times,
                     const LowRankOptions& options, const Observer<LowRankState>& observe) const;

  private:
    std::unique_ptr<const Form> form_;
};

}  // namespace redfield::trajectories
