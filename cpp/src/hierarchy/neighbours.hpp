#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hierarchy/index_set.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

/// Which neighbours of an operator are coupled to it: those of the tier above, below, or both.
enum class Tiers { above, below, both };

/// The numbers by which the planes of a hierarchy are coupled, in either precision.
///
/// For each coupling A_j the planes of the neighbours are first summed, P = Σ αx and Q = Σ βx, so that
/// −i[A, P] + {A, Q} is taken once however many exponentials the bath has.
template <class Scalar>
class Neighbours {
  public:
    /// A plane x = `source` that adds αx to P and βx to Q, the numbers of a `kind` of edges.
    struct Edge {
        std::int32_t source, kind;
    };
    struct Weights {
        Scalar alpha, beta;
    };
    struct Edges {
        const Edge *first, *last;
        const Edge* begin() const { return first; }
        const Edge* end() const { return last; }
        bool empty() const { return first == last; }
    };

    Neighbours(std::shared_ptr<const IndexSet> indices, std::size_t couplings);
    /// Those of the adjoint, of a sum of tr(x_p y_p) over planes: the planes of an edge exchanged, α of
    /// −i[A, ·] negated and β of {A, ·} kept, and conjugate rates.
    std::shared_ptr<const Neighbours> adjoint() const;

    const IndexSet& indices() const { return *indices_; }
    Edges of(Index plane, std::size_t j, Tiers tiers) const {
        const auto at = static_cast<std::size_t>(2 * plane) * couplings_ + 2 * j;
        const Edge* edges = edges_.data();
        return {edges + begin_[tiers == Tiers::below ? at + 1 : at],
                edges + begin_[tiers == Tiers::above ? at + 1 : at + 2]};
    }
    /// Calls body(first, last) on parts of the members first … last − 1, one a thread and of equal work:
    /// edges are counted, of which members of the highest tier have fewer, and a plane as plane_cost of
    /// them.
    template <class Body>
    void for_shares(Index first, Index last, int threads, const Body& body) const {
        if (threads <= 1) return body(first, last);
        base::run_team(threads, [&](int part, int parts) {
            const Index from = at_share(first, last, static_cast<double>(part) / parts);
            const Index to = at_share(first, last, (part + 1.0) / parts);
            if (from < to) body(from, to);
        });
    }
    const Weights& weights(const Edge& edge) const { return kinds_[static_cast<std::size_t>(edge.kind)]; }
    /// Bytes of a plane's edges and of where they begin, about.
    static double bytes(std::size_t couplings, int depth) {
        return 32.0 * depth + 16.0 * static_cast<double>(couplings);
    }

  private:
    static constexpr double plane_cost = 12.0;

    Neighbours() = default;

    /// The first member before which at least this share of the work of first … last − 1 is done.
    Index at_share(Index first, Index last, double share) const;

    std::shared_ptr<const IndexSet> indices_;
    std::size_t couplings_;
    /// Edges by plane and coupling, those to the tier above first, and where each of these begins.
    std::vector<Edge> edges_;
    std::vector<std::int64_t> begin_;
    std::vector<Weights> kinds_;
};

extern template class Neighbours<double>;
extern template class Neighbours<float>;

}  // namespace redfield::hierarchy
