#pragma once

#include "redfield/equation/pair_kernel.hpp"

namespace redfield::equation {

/// The part of an equation at equal Bohr frequencies, where none is degenerate; Davies' of Redfield's
/// P = Γ(ω):
///   ṗ = R p,  R_kl = Σ_j γ_j(E_l − E_k)|A_j,kl|²  (k ≠ l), columns summing to zero;
///   ρ̇_mn = (−i(E_m − E_n) + κ_mn) ρ_mn,
///   κ_mn = −(s_m + s_n*) + Σ_j γ_j(0) A_j,mm A_j,nn*,  s_m = Σ_k Σ_j Γ_j(E_m − E_k)|A_j,km|².
/// (Davies 1974; arXiv:2507.10080, End Matter, cases i and ii.)
struct SecularRates {
    RealMatrix population;    ///< R, per time
    RealMatrix coherence_re;  ///< Re κ, symmetric; its diagonal is not used
    RealMatrix coherence_im;  ///< Im κ, antisymmetric; zero without the Lamb shift
};

REDFIELD_EXPORT SecularRates secular_rates(const PairEquation& equation);

/// The error of the rates R_kl, k ≠ l, by the rounding of H and of its eigenvectors.
struct RateRounding {
    /// The rates that matrix elements of rounding's size alone would make: what is below them is zero.
    RealMatrix noise;
    /// Whether R_kl and R_lk share one |A_kl|², as those of Hermitian couplings do.
    bool symmetric;
};

REDFIELD_EXPORT RateRounding rate_rounding(const PairEquation& equation);

}  // namespace redfield::equation
