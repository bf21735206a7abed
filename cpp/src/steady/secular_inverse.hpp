#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "linalg/lu.hpp"
#include "redfield/equation/pair_kernel.hpp"
#include "redfield/linalg/csr.hpp"
#include "steady/packed_map.hpp"

namespace redfield::steady {

/// The secular part 𝓛_s of an equation, the elements of 𝓛 between equal Bohr frequencies ω_kl = E_k −
/// E_l:
///
///     (𝓛_s X)_kl = (κ_kl − iω_kl) X_kl   where ω_kl is the frequency of no other element,
///     (𝓛_s X)_c  = L_c X_c               of a cluster c of elements that share one: always the
///     populations,
///                                        with them the coherences between degenerate levels.
///
/// It is made once; every inverse is made from it.
class SecularPart {
  public:
    /// Which elements of equal frequency are clusters; others count as if their frequency was their own.
    enum class Clusters { all, populations };

    SecularPart(const equation::PairEquation& equation, double max_bytes, Clusters which = Clusters::all);
    /// The secular part of a map's equation, or of Redfield's of its system where it has no pair kernel;
    /// of an adjoint, between transposed operators, whose blocks are the transposed ones.
    /// std::invalid_argument where the generator belongs to no one system.
    SecularPart(const PackedMap& map, double max_bytes, Clusters which = Clusters::all);

  private:
    friend class SecularInverse;

    struct Cluster {
        std::vector<std::int32_t> elements;  ///< k + N l
        bool zero;                           ///< ω = 0: it holds the populations
        bool negative;                       ///< ω < 0: the adjoint elements of another cluster
    };
    /// L_c.
    ComplexMatrix block(std::int32_t c) const;

    double max_bytes_;
    bool transposed_ = false;
    ComplexMatrix brackets_;  ///< κ_kl − iω_kl; unused inside clusters
    double magnitude_;        ///< the largest |ω| and |Re κ|, added
    RealMatrix populations_;  ///< 𝓛_s between populations
    CsrMatrix between_;  ///< 𝓛_s on column-stacked states; empty where populations are the only cluster
    std::vector<Cluster> clusters_;
    std::vector<std::int32_t> cluster_, place_;  ///< cluster of each element, or −1, and its place there
};

/// The inverse of  X ↦ 𝓛_sX − zX + w tr(X) 1/N, O(N²) beside the O(N³) of a product with 𝓛: division by
/// each bracket, LU of each cluster. Elements that neither turn nor decay have no inverse: brackets that
/// rounding can not tell from zero count as −1e-13 of the largest, and a cluster needs a z > 0 where
/// rates do not join all of its elements.
class SecularInverse {
  public:
    SecularInverse(const SecularPart& part, Complex z, double trace_weight);

    /// On packed states of the eigenbasis; z is real.
    void apply(const RealVector& packed, RealVector& result) const;
    /// On column-stacked operators of the eigenbasis.
    void apply(const VectorOf<Complex>& x, VectorOf<Complex>& result) const;

  private:
    struct Cluster {
        std::vector<std::int32_t> elements;
        Eigen::PartialPivLU<ComplexMatrix> lu;
    };
    using PopulationLu = Eigen::PartialPivLU<RealMatrix>;
    /// X_c ← (L_c − z + …)⁻¹ X_c with X_kl = get(k, l), put(k, l, X_kl).
    template <class Get, class Put>
    void solve_clusters(const Get& get, const Put& put) const;

    Index n_;
    ComplexMatrix inverse_brackets_;
    std::optional<PopulationLu> populations_;  ///< the only cluster, of real z
    std::vector<Cluster> clusters_;
};

}  // namespace redfield::steady
