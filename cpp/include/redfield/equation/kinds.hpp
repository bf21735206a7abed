#pragma once

#include <vector>

#include "redfield/equation/pair_kernel.hpp"

/// The kinds of equation: each is its P.
namespace redfield::equation {

/// Redfield's, P = Γ(ω), between frequencies at most `cutoff` apart; without the Lamb shift P = ½γ(ω)
/// (arXiv:2507.10080, Eqs. 9 and 18).
REDFIELD_EXPORT PairEquation one_sided(const System& system, bool lamb_shift,
                                       double cutoff = std::numeric_limits<double>::infinity());

/// P = ½√γ(ω) √γ(ω'), one jump operator a coupling, L_j = √γ∘A_j, and a given H_LS in the eigenbasis
/// (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109).
REDFIELD_EXPORT PairEquation jumps(const System& system, ComplexMatrix lamb_shift);

/// The same jumps with the Lamb shift of Redfield's equation (Davidović, doi:10.22331/q-2020-09-21-326).
REDFIELD_EXPORT PairEquation geometric_arithmetic(const System& system, bool lamb_shift);

/// Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} of one bath and its derivative in ω, on the Bohr frequencies.
struct WindowTable {
    ComplexMatrix value, derivative;
};

/// P = [Γ_T(ω') − e^{−i(ω−ω')T} Γ_T(ω)]/(i(ω−ω')T), the average over a window T; the Lamb shift aside,
/// χ = ∫dν/2π γ(ν) T sinc((ω−ν)T/2) sinc((ω'−ν)T/2) e^{i(ω'−ω)T/2}, with its time integrals done
/// (Schaller & Brandes, doi:10.1103/PhysRevA.78.022106). Without the Lamb shift P = ½χ.
REDFIELD_EXPORT PairEquation coarse_grained(const System& system, double window,
                                            std::vector<WindowTable> tables, bool lamb_shift);

}  // namespace redfield::equation
