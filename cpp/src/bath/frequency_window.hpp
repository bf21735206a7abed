#pragma once

#include "bath/panels.hpp"
#include "redfield/bath/bath.hpp"

/// Windowed transforms of power spectra that end abruptly, taken over frequencies instead of times: their
/// C(t) turns with the ends' frequency for ever. With φ(z) = (e^z − 1)/z,
///   Γ_T(ω) = ∫ dν/2π γ(ν) T φ(i(ω − ν)T),   dΓ_T/dω = ∫ dν/2π γ(ν) iT² φ'(i(ω − ν)T).
namespace redfield::bath {

/// Turns of C within the window, in radians, from which on the integral over frequencies is the cheaper
/// one.
constexpr double many_turns = 200.0;

/// Whether it can be taken so: every power law of γ is narrow beside 1/T.
template <Index order>
bool has_narrow_laws(const Panels<double, order>& gamma, double window);

/// ConvergenceError where γ turns so often within the window that the integral would take seconds.
template <Index order>
Windowed windowed_over_frequencies(const Panels<double, order>& gamma, const RealVector& w,
                                   double window);

}  // namespace redfield::bath
