#pragma once

#include "redfield/base/types.hpp"

/// Functions of Legendre's that the transforms of a Legendre series are made of.
namespace redfield::bath {

/// Q_n(x), n < order, from q_0 = ½ ln|(1 + x)/(1 − x)|; on the cut |x| < 1 the mean of both sides.
/// Forward recurrence on the cut and right beside it, Miller's backward one elsewhere.
void second_kind(double x, double q_0, double* q, Index order);

/// j_n(z), n < order, of z not small against 1: upwards for z > order, else downwards (Miller).
void spherical_bessel(double z, double* j, Index order);

}  // namespace redfield::bath
