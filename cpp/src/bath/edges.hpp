#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "bath/power_law.hpp"
#include "bath/sampled.hpp"
#include "redfield/bath/bath.hpp"

/// Where the panels of an integral begin and end: fine at the features of a function, wider away from
/// them.
namespace redfield::bath {

/// First panel beside a feature, in the feature's width.
constexpr double nearest = 0.25;

/// Edges inside (left, right) that double in distance from either.
std::vector<double> between(Feature left, Feature right);

/// The places of features, and edges between them that double in distance from either; what lies nearer
/// together than its width can tell is one.
std::vector<double> graded(std::vector<Feature> features);

/// Parts of an octave's end at which a function's size in that octave is taken.
constexpr std::array<double, 4> probed{0.6, 0.75, 0.9, 1.0};

/// How a function ends on one side: by being negligible, by a power law, or, without either, not.
struct Outward {
    std::vector<double> edges;
    std::optional<PowerLaw> law;
    double
        left;  ///< |f| where it does not end, of its largest, or x|f| where its rounding is left; else 0
};
struct OutwardOptions {
    bool weighted = false;  ///< whether x|f| or |f| must become negligible
    bool laws = true;       ///< whether a power law, rising or falling, ends it too
    double reach = 0.0;     ///< least distance that is followed
    double tol = 1e-17;     ///< of the largest: negligible
    double noise = 0.0;     ///< of the largest |f|: its rounding
    int octaves = 400;
};
/// Edges from `start` to one side (±1) at doubling distances, from a part of `width` on.
template <class Scalar>
Outward outward(const Sampled<Scalar>& f, double start, double width, double side,
                const OutwardOptions& options);

/// Edges beyond `last` at doubling distances until `size`, the largest of a function in the octave that
/// ends at a distance from `last`, stays below `tol` of its largest; none where it does not.
std::optional<std::vector<double>> until_negligible(const std::function<double(double)>& size,
                                                    Feature last, double tol);

/// The power law of f beside a place where it is not smooth, such as √x at the edge of a band; none where
/// it is smooth from this side, or of another form.
std::optional<PowerLaw> inward(const Sampled<double>& f, double start, double width, double side);

/// Powers up to this one count as those whose integral diverges.
constexpr double integrable = -0.99;

}  // namespace redfield::bath
