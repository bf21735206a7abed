#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "redfield/hierarchy/exponentials.hpp"

namespace redfield::hierarchy {

/// The multi-indices n = (n_1 … n_K), Σ n_k ≤ depth, of a hierarchy's auxiliary operators, tier by tier.
///
/// n̄, with the numbers of partners exchanged, is the index of ρ_n†. Of each pair the first in
/// lexicographic order is kept; an index that is its own conjugate belongs to a Hermitian operator. An
/// operator is stored as packed Hermitian planes: ρ_n = G + iF takes two, a Hermitian one takes one, so
/// that the planes are as many as the indices.
class IndexSet {
  public:
    /// An operator that a neighbour n ± e_k is, or the adjoint of it; `none` where it is not kept.
    struct Link {
        static constexpr std::int32_t none = -1;
        std::int32_t code = none;

        bool exists() const { return code >= 0; }
        Index member() const { return code >> 1; }
        bool adjoint() const { return (code & 1) != 0; }
    };

    /// Indices whose operators are expected to move the state by less than `negligible` are left out: an
    /// operator of size x = Π_k x_k^{n_k}/√n_k! (Term::amplitude) does so by about x². Zero keeps all.
    /// std::invalid_argument unless 0 ≤ depth < 256; std::length_error beyond 1e9 indices.
    IndexSet(std::vector<Term> terms, int depth, double negligible = 0.0);

    /// The same indices with conjugate rates, as the adjoint of a hierarchy has them.
    IndexSet conjugate() const;

    const std::vector<Term>& terms() const { return terms_; }
    int depth() const { return depth_; }
    /// Operators that are stored.
    Index members() const { return static_cast<Index>(plane_.size()) - 1; }
    /// Planes of all of them.
    Index planes() const { return plane_.back(); }
    Index plane(Index member) const { return plane_[static_cast<std::size_t>(member)]; }
    bool hermitian(Index member) const { return plane(member + 1) - plane(member) == 1; }
    /// n_k of a member.
    int number(Index member, Index k) const {
        return numbers_[static_cast<std::size_t>(member * count() + k)];
    }
    /// The operator of e_k.
    Link single(Index k) const { return single_[static_cast<std::size_t>(k)]; }
    /// Calls visit(member, k, operator of n + e_k, operator of n − e_k) of every member and term, in
    /// order.
    void visit_links(const std::function<void(Index, Index, Link, Link)>& visit) const;
    /// Σ_k n_k ν_k.
    Complex decay(Index member) const { return decay_[static_cast<std::size_t>(member)]; }
    /// The first member of each tier, and members() at the end.
    const std::vector<Index>& tiers() const { return tiers_; }

    /// The number of indices that a set would have, conjugates among them.
    static double size(const std::vector<Term>& terms, int depth, double negligible);

  private:
    using Numbers = std::vector<std::uint8_t>;
    Index count() const { return static_cast<Index>(terms_.size()); }
    void enumerate(double negligible);

    std::vector<Term> terms_;
    int depth_;
    Numbers numbers_;           ///< (members, K)
    std::vector<Index> plane_;  ///< (members + 1)
    std::vector<Link> single_;
    std::vector<Complex> decay_;
    std::vector<Index> tiers_;
};

}  // namespace redfield::hierarchy
