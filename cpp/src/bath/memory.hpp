#pragma once

#include "bath/panels.hpp"
#include "redfield/bath/correlation_function.hpp"

namespace redfield::bath {

/// C(t) on [0, T], or until t|C| is negligible, on panels that resolve its own oscillations, whatever its
/// scale; their Fourier transforms are closed forms. `fastest` is a frequency with which C turns for
/// ever, 0 where it has none. ConvergenceError where C decays too slowly, turns too often, or is too
/// rough.
Panels<Complex> memory(const CorrelationFunction& correlation, double window, double fastest = 0.0);

}  // namespace redfield::bath
