#pragma once

#include <functional>
#include <vector>

#include "redfield/bath/power_spectrum.hpp"

/// Where the panels of an integral begin and end: fine at the features of a function, wider away from
/// them.
namespace redfield::bath {

/// Of a feature's width: the first panel beside it.
constexpr double nearest = 0.25;

/// The places of ascending features, and edges between them that double in distance from either; what
/// lies nearer together than its width can tell is one.
std::vector<double> graded(const std::vector<PowerSpectrum::Feature>& features);

/// Edges beyond `last` at doubling distances until `size`, which is not negative, stays below `tol` of
/// its largest value.
std::vector<double> outward(const std::function<double(double)>& size, PowerSpectrum::Feature last,
                            double tol);

}  // namespace redfield::bath
