#pragma once

#include <array>
#include <functional>
#include <limits>
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

/// What is asked of a function in an octave: its size at these parts of the octave's end.
constexpr std::array<double, 4> probed{0.6, 0.75, 0.9, 1.0};

/// Edges beyond `last` at doubling distances.
struct Outward {
    std::vector<double> edges;
    bool ended;  ///< at `end`, or where nothing is left; else numbers have ended
};
/// Until `size`, the largest of a function in the octave that ends at a distance from `last`, stays below
/// `tol` of its largest, or at `end`.
Outward outward(const std::function<double(double)>& size, PowerSpectrum::Feature last, double tol,
                double end = std::numeric_limits<double>::infinity());

}  // namespace redfield::bath
