#pragma once

#include "redfield/linalg/types.hpp"

namespace redfield::integrators {

/// Of ‖A‖₂, where the backward error of a Taylor polynomial of degree 16 is below 2⁻⁵³.
constexpr double exponential_radius = 0.78;

/// e^A by scaling, a Taylor polynomial of degree 16 in six products (Paterson & Stockmeyer 1973) and
/// squaring. On the matrices of generators, −iω∘ρ plus a small rest, it needs half the time of a Padé
/// approximant, whose linear solve is slower than the products it saves.
RealMatrix matrix_exponential(const RealMatrix& matrix);

}  // namespace redfield::integrators
