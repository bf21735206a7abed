#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// The inverse of  X ↦ 𝓛_sX − σX + w tr(X) 1/N  for the secular part 𝓛_s of the map's equation, with a
/// touch of damping for what no rate joins. std::invalid_argument where the generator is of no one
/// system.
LinearMap preconditioner(const PackedMap& map, double shift, double trace_weight, double max_bytes);

}  // namespace redfield::steady
