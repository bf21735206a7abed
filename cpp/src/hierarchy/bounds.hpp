#pragma once

#include "redfield/generator/generator.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// Where the spectrum of a hierarchy lies, about: Σ_k s_k(√n_k+1 U_k …) moves between tiers as
/// Σ_k x_k(b_k + b_k†) of oscillators with at most `depth` quanta, x_j² ≤ 2 Σ_k s_k² ‖A_j⊗1‖² + ‖1⊗A_j‖²,
/// whose norm is that of one oscillator with x = √Σx_k². An expansion finds where it is too small.
SpectralBounds bounds(const Hierarchy& hierarchy);

}  // namespace redfield::hierarchy
