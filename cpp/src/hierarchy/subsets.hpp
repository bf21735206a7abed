#pragma once

#include <cstdint>
#include <vector>

#include "redfield/hierarchy/exponentials.hpp"

namespace redfield::hierarchy {

/// The sets n of at most `depth` of K exponentials that the auxiliary operators of a fermionic hierarchy
/// belong to, tier by tier.
///
/// Terms 2p and 2p + 1 are partners. The partners of n are the set of ±ρ_n†; of the two sets the first in
/// lexicographic order is kept, that whose first term without its partner is even. A set that is its own
/// belongs to a Hermitian operator, since in ascending order partners are neighbours.
class Subsets {
  public:
    /// What a neighbour n ∪ k or n ∖ k is of a member: ± it or its adjoint. The sign has (−1)^q, q the
    /// elements of n that follow k.
    struct Link {
        static constexpr std::int32_t none = -1;
        std::int32_t code = none;

        bool exists() const { return code >= 0; }
        Index member() const { return code >> 2; }
        bool adjoint() const { return (code & 2) != 0; }
        bool negative() const { return (code & 1) != 0; }
    };

    /// std::length_error where members or links are more than 5e8.
    Subsets(std::vector<Term> terms, int depth);

    const std::vector<Term>& terms() const { return terms_; }
    int depth() const { return depth_; }
    Index members() const { return static_cast<Index>(plane_.size()) - 1; }
    Index planes() const { return plane_.back(); }
    Index plane(Index member) const { return plane_[static_cast<std::size_t>(member)]; }
    bool hermitian(Index member) const { return plane(member + 1) - plane(member) == 1; }
    /// The element at a place of a member's set, ascending; a member of tier m has m.
    Index element(Index member, Index place) const {
        return elements_[static_cast<std::size_t>(member * depth_ + place)];
    }
    /// n ∪ k of a member below the last tier.
    Link up(Index member, Index k) const { return up_[static_cast<std::size_t>(member * count() + k)]; }
    /// n without the element at a place.
    Link down(Index member, Index place) const {
        return down_[static_cast<std::size_t>(member * depth_ + place)];
    }
    /// Σ_{k∈n} ν_k.
    Complex decay(Index member) const { return decay_[static_cast<std::size_t>(member)]; }
    /// The first member of each tier, and members() at the end.
    const std::vector<Index>& tiers() const { return tiers_; }

    /// Σ_{m ≤ depth} C(K, m).
    static double size(Index terms, int depth);
    /// Bytes for each of them.
    static double bytes_each(int depth) { return 8.0 * depth + 24.0; }

  private:
    using Numbers = std::vector<std::int32_t>;
    Index count() const { return static_cast<Index>(terms_.size()); }
    void enumerate(int tier);
    Link link(const Numbers& set, bool negative) const;
    void link_all();
    /// The place of an ascending set among those of its size, Σ_i C(n_i, i + 1).
    std::size_t rank(const Numbers& set) const;

    std::vector<Term> terms_;
    int depth_;
    std::vector<std::vector<std::size_t>> choose_;  ///< C(k, i) at [i][k]
    std::vector<std::vector<std::int32_t>> codes_;  ///< of each tier's sets by rank
    Numbers elements_;                              ///< (members, depth)
    std::vector<Index> plane_;                      ///< (members + 1)
    std::vector<Link> up_, down_;
    std::vector<Complex> decay_;
    std::vector<Index> tiers_;
};

}  // namespace redfield::hierarchy
