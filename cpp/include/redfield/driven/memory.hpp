#pragma once

#include <vector>

#include "redfield/driven/time_operator.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::driven {

/// Points of a panel of time: Chebyshev's, both ends among them, ascending.
inline constexpr Index panel_points = 17;

/// A bath's correlation function C against the polynomials ℓ_n of a panel [a, b] of one length, at its
/// points t_i.
struct History {
    /// (points, points): ∫_a^{t_i} C(t_i − s)ℓ_n(s)ds.
    ComplexMatrix local;
    /// What came before the panel, as a sum of exponentials C = Σ_k c_ke^{−ν_ks}: e^{−ν_k(t_i − a)}, (K,
    /// points), and c_k∫_a^b e^{−ν_k(b − s)}ℓ_n(s)ds, (K, points);
    ComplexMatrix fade, gather;
    /// or as it was, panels of one length all along: ∫ C(t_i − s)ℓ_n(s)ds over the panel q + 1 before,
    /// each (points, points).
    std::vector<ComplexMatrix> lags;
};

/// Redfield's equation as it is at second order for any drive, its past not forgotten:
///   ρ̇ = −i[H(t), ρ] + Σ_j ([Λ_j(t)ρ, A_j†(t)] + h.c.),  Λ_j(t) = ∫₀^{t−t₀} ds C_j(s) U(t,
///   t−s)A_j(t−s)U†(t, t−s).
struct Memory {
    TimeOperator hamiltonian;
    std::vector<TimeOperator> couplings;
    std::vector<Index> bath_of_coupling;
    /// Ends of the panels, ascending, from t₀; H and the couplings are polynomials between them.
    std::vector<double> panels;
    /// Of each panel: which of `histories`, (lengths)(baths), it has.
    std::vector<Index> length_of_panel;
    std::vector<std::vector<History>> histories;
    /// Where something jumps, which no step goes over, and a bound on steps: a panel without them.
    std::vector<double> breaks;
    double longest_step;
};

/// A panel is too long for what happens in it.
class REDFIELD_EXPORT UnresolvedPanel : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Solves it by Dormand–Prince 5(4) in the interaction picture of H(t), with Λ_j to eight digits or more;
/// rtol and atol bound the error of each step.
///
/// Throws UnresolvedPanel, and what redfield::evolve throws.
REDFIELD_EXPORT EvolveStats evolve(const Memory& memory, double max_step, StateView rho0,
                                   const std::vector<double>& times, const EvolveOptions& options,
                                   const Observer& observe);

}  // namespace redfield::driven
