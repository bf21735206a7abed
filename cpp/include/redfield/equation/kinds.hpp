#pragma once

#include <string_view>
#include <vector>

#include "redfield/base/errors.hpp"
#include "redfield/bath/bath.hpp"
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

/// The universal Lindblad equation's own H_LS in the eigenbasis,
///   H_LS = Σ_j Σ_ωω' h_j(ω,ω') A_j(ω')†A_j(ω),  h(ω,ω') = (1/2π) P∫ dx/x
///   √γ(ω'−x) √γ(ω−x),
/// of the system's baths, to 1e-8 of the largest h. ConvergenceError where a spectrum varies faster than
/// its features say; std::invalid_argument where it does not fall off, so that the integral diverges, or
/// where the system has tables in the place of baths.
REDFIELD_EXPORT ComplexMatrix universal_lamb_shift(const System& system);

/// The geometric-arithmetic equation: the universal jump operators with Redfield's Lamb shift (Davidović,
/// doi:10.22331/q-2020-09-21-326).
REDFIELD_EXPORT PairEquation geometric_arithmetic(const System& system, bool lamb_shift);

/// Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} of one bath and its derivative in ω, on the Bohr frequencies.
struct WindowTable {
    ComplexMatrix value, derivative;
};
REDFIELD_EXPORT WindowTable window_table(const RealVector& energies, const Bath& bath, double window);
/// One for each of the system's baths, in their order; std::invalid_argument where it has tables in their
/// place.
REDFIELD_EXPORT std::vector<WindowTable> window_tables(const System& system, double window);

/// P = [Γ_T(ω') − e^{−i(ω−ω')T} Γ_T(ω)]/(i(ω−ω')T), the average over a window T; the Lamb shift aside,
/// χ = ∫dν/2π γ(ν) T sinc((ω−ν)T/2) sinc((ω'−ν)T/2) e^{i(ω'−ω)T/2}, with its time integrals done
/// (Schaller & Brandes, doi:10.1103/PhysRevA.78.022106). Without the Lamb shift P = ½χ.
REDFIELD_EXPORT PairEquation coarse_grained(const System& system, double window,
                                            std::vector<WindowTable> tables, bool lamb_shift);

/// A kind by its name, of which the baths' tables and numbers are all that P needs: for bindings, and for
/// programs that read the name. std::invalid_argument where there is none of the name.
inline PairEquation named(std::string_view name, const System& system, bool lamb_shift,
                          [[maybe_unused]] const std::vector<double>& numbers = {}) {
    if (name == "redfield") return one_sided(system, lamb_shift);
    if (name == "geometric_arithmetic") return geometric_arithmetic(system, lamb_shift);
    require(false, "there is no kind of equation named ", name);
    return {system, nullptr};
}

}  // namespace redfield::equation
