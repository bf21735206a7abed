#pragma once

#include "bath/panels.hpp"
#include "redfield/bath/bath.hpp"

namespace redfield::bath {

/// C(t) on [0, T], or until t|C| is negligible, on panels that resolve its own oscillations, whatever its
/// scale; their Fourier transforms are closed forms. `fastest` is a frequency with which C turns for
/// ever, 0 where it has none. ConvergenceError where C decays too slowly, turns too often, or is too
/// rough.
Panels<Complex> memory(const Bath& bath, double window, double fastest = 0.0);

/// Γ_T and its derivative by their time integrals.
Windowed windowed_over_times(const Bath& bath, const RealVector& w, double window);

}  // namespace redfield::bath
