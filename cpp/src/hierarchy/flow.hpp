#pragma once

#include <memory>
#include <vector>

#include "hierarchy/action.hpp"
#include "hierarchy/few_levels.hpp"
#include "hierarchy/neighbours.hpp"

namespace redfield::hierarchy {

/// The right-hand side of a hierarchy on its planes, in either precision.
///
/// Few levels are left to FewLevels. Of more, members are taken by blocks that stay in cache. Each member
/// is written by one thread alone.
template <class Scalar>
class Flow {
  public:
    Flow(std::shared_ptr<const IndexSet> indices, const Operators& operators);
    /// With the neighbours that another flow has.
    Flow(std::shared_ptr<const Neighbours<Scalar>> neighbours, const Operators& operators);

    Index dimension() const { return n_; }
    const IndexSet& indices() const { return neighbours_->indices(); }
    const std::shared_ptr<const Neighbours<Scalar>>& neighbours() const { return neighbours_; }
    /// out = 𝓛y of vectors (N, N · planes).
    void apply(const Scalar* y, Scalar* out, int threads) const;
    /// out = the couplings of members first … last − 1 to their neighbours, `out` being the planes of
    /// these.
    void couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out, int threads) const;

  private:
    struct Scratch;
    using Coupling = Action<Scalar>;

    template <class Body>
    void for_blocks(Index first, Index last, int threads, const Body& body) const;
    void commute(const Coupling& a, const Scalar* y, Index planes, Scalar* out, Scratch& scratch) const;
    void add_local(Index first, Index last, const Scalar* y, Scalar* out, Scratch& scratch) const;
    void couple(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                Scratch& scratch) const;
    void couple_rows(Index plane, Tiers tiers, const Scalar* y, Scalar* to, Scratch& scratch) const;
    void couple_planes(std::size_t j, Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                       Scratch& scratch) const;

    std::shared_ptr<const Neighbours<Scalar>> neighbours_;
    std::shared_ptr<const FewLevels<Scalar>> few_;  ///< null beyond few levels
    Index n_;
    MatrixOf<Scalar> frequencies_;       ///< E_k − E_l in the eigenbasis; else empty
    std::vector<Coupling> hamiltonian_;  ///< H in the given basis, and Σ_j Im d_j A_j²
    /// Re d_j of a coupling whose bath has a remainder.
    struct Remainder {
        std::size_t coupling;
        Scalar rate;
    };
    std::vector<Remainder> remainders_;
    std::vector<Coupling> couplings_;
    /// A sparse coupling, and the first of its gathered rows among those of all.
    struct Rows {
        std::size_t coupling;
        Index first;
    };
    std::vector<Rows> sparse_;
    Index rows_ = 0;  ///< of all sparse couplings
};

extern template class Flow<double>;
extern template class Flow<float>;

}  // namespace redfield::hierarchy
