#pragma once

#include "redfield/generator/generator.hpp"

namespace redfield::generator {

/// The bounds of an equation with pump terms and decay K.
SpectralBounds spectral_bounds(const System& system, const ComplexMatrix& decay);

}  // namespace redfield::generator
