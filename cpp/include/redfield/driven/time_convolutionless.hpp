#pragma once

#include <stdexcept>
#include <vector>

#include "redfield/driven/time_operator.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::driven {

/// Points of a panel of time: Chebyshev's, both ends among them, ascending.
inline constexpr Index panel_points = 17;

/// Product-integration weights of a bath's correlation function C and the polynomials ℓ_n of a panel [a,
/// b] of one length, at its points t_i. What came before the panel enters either through C = Σ_k
/// c_ke^{−ν_ks}, or through C as it is, where all panels have one length.
struct CorrelationWeights {
    ComplexMatrix local;   ///< (points, points): ∫_a^{t_i} C(t_i − s)ℓ_n(s)ds
    ComplexMatrix fade;    ///< (K, points): e^{−ν_k(t_i − a)}
    ComplexMatrix gather;  ///< (K, points): c_k∫_a^b e^{−ν_k(b − s)}ℓ_n(s)ds
    std::vector<ComplexMatrix>
        lags;  ///< (points, points): ∫ C(t_i − s)ℓ_n(s)ds over the panel q + 1 before
};

/// The time-convolutionless master equation of second order (TCL2) for any drive: Redfield's equation
/// with the memory integral up to t instead of its limit,
///   ρ̇ = −i[H(t), ρ] + Σ_j ([Λ_j(t)ρ, A_j†(t)] + h.c.),
///   Λ_j(t) = ∫₀^{t−t₀} ds C_j(s) U(t, t − s)A_j(t − s)U†(t, t − s).
struct TimeConvolutionless {
    TimeOperator hamiltonian;
    std::vector<TimeOperator> couplings;
    std::vector<Index> bath_of_coupling;
    /// Ends of the panels, ascending, from t₀; H and the couplings are polynomials between them.
    std::vector<double> panels;
    /// The index of each panel's length in `weights`.
    std::vector<Index> length_of_panel;
    std::vector<std::vector<CorrelationWeights>> weights;  ///< (lengths)(baths)
    /// Times where an operator jumps, over which no step goes.
    std::vector<double> breaks;
    double longest_step;  ///< a panel without breaks
};

/// Thrown where a panel is too long for the change of the operators in it.
class REDFIELD_EXPORT UnresolvedPanel : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Solves the equation by Dormand–Prince 5(4) in the interaction picture of H(t), with Λ_j to eight
/// digits or more; rtol and atol bound the error of each step.
///
/// Throws UnresolvedPanel, and what redfield::evolve throws.
REDFIELD_EXPORT EvolveStats evolve(const TimeConvolutionless& equation, double max_step, StateView rho0,
                                   const std::vector<double>& times, const IntegrationOptions& options,
                                   const Observer<StateView>& observe);

}  // namespace redfield::driven
