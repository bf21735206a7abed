#pragma once

#include <memory>
#include <vector>

#include "hierarchy/action.hpp"
#include "hierarchy/index_set.hpp"
#include "redfield/system/state.hpp"

namespace redfield::hierarchy {

/// H and the couplings in the basis of a hierarchy's vectors.
struct Operators {
    Frame frame;
    RealVector energies;                   ///< of H in the eigenbasis; empty in the given basis
    ComplexMatrix hamiltonian;             ///< in the given basis; empty in the eigenbasis
    std::vector<ComplexMatrix> couplings;  ///< the distinct A_j
    Eigen::VectorXcd remainders;           ///< d_j of what acts at once, of each of them
};

/// Which neighbours of an operator are coupled to it: those of the tier above, below, or both.
enum class Tiers { above, below, both };

/// The right-hand side of a hierarchy on its planes, in either precision.
///
/// Members are taken by blocks that stay in cache. For each coupling the neighbours of a member are first
/// summed, P = Σ (α Re or Im) ρ_{n±e_k} and Q likewise, so that it costs one product A(Q − iP) however
/// many exponentials its bath has. Each member is written by one thread alone.
template <class Scalar>
class Flow {
  public:
    Flow(std::shared_ptr<const IndexSet> indices, const Operators& operators);

    Index dimension() const { return n_; }
    const IndexSet& indices() const { return *indices_; }
    /// out = 𝓛y of vectors (N, N · planes).
    void apply(const Scalar* y, Scalar* out, int threads) const;
    /// out += the couplings of members first … last − 1 to their neighbours.
    void add_couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                       int threads) const;

  private:
    struct Scratch;
    using Coupling = Action<Scalar>;
    /// P += αx and Q += βx of a complex x.
    struct Weights {
        Scalar alpha_re, alpha_im, beta_re, beta_im;
    };

    template <class Body>
    void for_blocks(Index first, Index last, int threads, const Body& body) const;
    void commute(const Coupling& a, const Scalar* y, Index planes, Scalar* out, Scratch& scratch) const;
    void add_local(Index first, Index last, const Scalar* y, Scalar* out, Scratch& scratch) const;
    void couple(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                Scratch& scratch) const;
    void turn_and_decay(Index member, const Scalar* y, Scalar* out) const;
    void couple_diagonal(Index member, Tiers tiers, const Scalar* y, Scalar* out, Scratch& scratch) const;
    void couple_rows(Index member, Tiers tiers, const Scalar* y, Scalar* out, Scratch& scratch) const;
    void couple_planes(std::size_t j, Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                       Scratch& scratch) const;
    bool is_masked(std::size_t j) const;
    template <class Add>
    void neighbours(std::size_t j, Index member, Tiers tiers, const Scalar* y, const Add& add) const;

    std::shared_ptr<const IndexSet> indices_;
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
    /// A diagonal coupling of few levels: D_kl = a_k − a_l and E_kl = a_k + a_l.
    struct Masks {
        std::size_t coupling;
        MatrixOf<Scalar> difference, sum;
    };
    std::vector<Masks> diagonal_;
    Index rows_ = 0;                            ///< of all sparse couplings
    std::vector<std::vector<Index>> terms_of_;  ///< of each coupling
    std::vector<Scalar> up_;                    ///< s_k √(n + 1) at k (depth + 1) + n
    std::vector<Weights> down_;                 ///< of (√n / s_k) D_k there
};

extern template class Flow<double>;
extern template class Flow<float>;

}  // namespace redfield::hierarchy
