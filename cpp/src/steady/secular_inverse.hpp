#pragma once

#include <Eigen/LU>
#include <vector>

#include "redfield/equation/secular_rates.hpp"
#include "redfield/linalg/csr.hpp"
#include "redfield/system/bohr.hpp"
#include "steady/packed_map.hpp"

namespace redfield::steady {

/// The secular part 𝓛_s of an equation, the elements of 𝓛 between equal Bohr frequencies. Made once;
/// every inverse is made from it.
class SecularPart {
  public:
    SecularPart(const equation::PairEquation& equation, double max_bytes);
    /// Of a map's equation, or of Redfield's of its system where it has no pair kernel.
    /// std::invalid_argument where the generator is of no one system.
    SecularPart(const PackedMap& map, double max_bytes);

    const equation::SecularRates& rates() const { return rates_; }

  private:
    friend class SecularInverse;

    RealVector energies_;
    double max_bytes_;
    equation::SecularRates rates_;
    BohrFrequencies bohr_;
    BohrClusters clusters_;
    CsrMatrix between_;  ///< 𝓛_s, where frequencies are shared
};

/// The inverse of  X ↦ 𝓛_sX − σX + w tr(X) 1/N: what preconditions 𝓛. A coherence whose frequency is its
/// own is divided by its bracket; the populations, and the elements that share a frequency, are solved by
/// LU.
class SecularInverse {
  public:
    /// σ should exceed 0, since populations that no rate joins have no inverse without it.
    SecularInverse(const SecularPart& part, double shift, double trace_weight);

    /// On packed states of the eigenbasis.
    void apply(const RealVector& x, RealVector& out) const;

  private:
    /// Elements k + N l of one frequency, and the LU of 𝓛_s between them.
    struct Cluster {
        std::vector<std::int32_t> elements;
        Eigen::PartialPivLU<ComplexMatrix> lu;
    };
    void set_clusters(const SecularPart& part, double shift, double trace_weight);

    Index n_;
    RealMatrix re_, im_;  ///< of the inverse brackets; elements of clusters are overwritten
    Eigen::PartialPivLU<RealMatrix> populations_;  ///< where no frequency is shared
    std::vector<Cluster> clusters_;
};

/// The same with a touch of damping for what no rate joins, as a map.
LinearMap preconditioner(const PackedMap& map, const SecularPart& part, double shift,
                         double trace_weight);

}  // namespace redfield::steady
