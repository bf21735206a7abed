#pragma once

#include <optional>
#include <vector>

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// An equation without dissipation, ρ̇ = −i[H′, ρ], H′ the system's H and Lamb shift: what commutes with
/// H′ is stationary.
class Closed {
  public:
    /// The closed form of a map; nothing where it dissipates at more than the rounding of the dissipative
    /// scale.
    static std::optional<Closed> of(PackedMap& map);

    /// The number of stationary states, Σd² of the degeneracies d of H′.
    Index count() const;
    /// An orthonormal Hermitian basis of the stationary states in the frame of the map; empty where it
    /// needs more bytes.
    std::vector<ComplexMatrix> basis(double max_bytes) const;
    /// The mean of ρ(t) over all times, ρ = ρ(0) in the frame of the map.
    ComplexMatrix mean(const ComplexMatrix& rho) const;

  private:
    struct Group {
        Index first, size;
    };
    Closed(RealVector energies, ComplexMatrix vectors);

    ComplexMatrix vectors_;  ///< of H′; empty where they are the frame's
    Index n_;
    std::vector<Group> groups_;  ///< of equal energies
};

}  // namespace redfield::steady
