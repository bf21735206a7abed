#pragma once

#include <optional>
#include <vector>

#include "steady/packed_map.hpp"

namespace redfield::steady {

/// An equation without dissipation, ρ̇ = −i[H′, ρ], H′ the system's H and Lamb shift: what commutes with
/// H′ is stationary.
class Closed {
  public:
    /// Nothing where something dissipates, at more than the rounding of the dissipative scale.
    static std::optional<Closed> of(PackedMap& map);

    /// Σd² of the degeneracies d of H′.
    Index count() const;
    /// A Hermitian basis of them, orthonormal, in the frame of the map; empty where it needs more bytes.
    std::vector<ComplexMatrix> basis(double max_bytes) const;
    /// The mean over all times of what ρ does, ρ in the frame of the map.
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
