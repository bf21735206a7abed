#pragma once

#include <optional>

#include "equation/stationary.hpp"
#include "steady/packed_map.hpp"

namespace redfield::steady {

/// The late populations of an equation whose coherences all vanish in the end and never feed populations:
/// a classical rate equation, solved to all digits at any strength.
struct Chain {
    equation::Stationary late;
    /// The uncertainty, in trace norm, that rounding of H, its eigenvectors and the rates leaves.
    double error;
};

/// The late populations of Davies' equation without degenerate frequencies, and of any other equation of
/// up to `dense_chain_levels` levels whose matrix says so; nothing for any other.
std::optional<Chain> chain_of(PackedMap& map, double max_bytes);

constexpr Index dense_chain_levels = 16;

}  // namespace redfield::steady
