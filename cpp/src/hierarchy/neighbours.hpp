#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hierarchy/index_set.hpp"

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

    const IndexSet& indices() const { return *indices_; }
    Edges of(Index plane, std::size_t j, Tiers tiers) const {
        const auto at = static_cast<std::size_t>(2 * plane) * couplings_ + 2 * j;
        const Edge* edges = edges_.data();
        return {edges + begin_[tiers == Tiers::below ? at + 1 : at],
                edges + begin_[tiers == Tiers::above ? at + 1 : at + 2]};
    }
    const Weights& weights(const Edge& edge) const { return kinds_[static_cast<std::size_t>(edge.kind)]; }
    /// Bytes of a plane's edges and of where they begin, about.
    static double bytes(std::size_t couplings, int depth) {
        return 32.0 * depth + 16.0 * static_cast<double>(couplings);
    }

  private:
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
