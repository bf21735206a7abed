#pragma once

#include <memory>
#include <vector>

#include "hierarchy/flow.hpp"
#include "hierarchy/packed_product.hpp"
#include "hierarchy/subsets.hpp"
#include "redfield/system/state.hpp"

namespace redfield::hierarchy {

/// The part of the leads that acts at once on a: Kρ + ρK† is of `loss`, d⁻a†a + d⁺aa†, and the gain 2 Re
/// d⁻ aρa† + 2 Re d⁺ a†ρa of each operator that has one.
struct AtOnce {
    ComplexMatrix loss;
    std::vector<double> gains;  ///< 2 Re d of each operator a^σ
};

/// The right-hand side of a fermionic hierarchy on its planes, in either precision.
///
/// For each distinct operator A = a^σ the neighbours of a member of tier m are first summed,
///
///     L = Σ ± s_k ρ_{n∪k} + Σ ± c_k/s_k ρ_{n∖k},   R = (−1)^m (Σ ± s_k ρ_{n∪k} − Σ ± c̃_k/s_k ρ_{n∖k}),
///
/// k of a^σ̄ in the first sum of each and of a^σ in the second, so that it costs one −i(AL − RA) however
/// many exponentials its leads have. Each member is written by one thread alone.
template <class Scalar>
class FermionicFlow {
  public:
    FermionicFlow(std::shared_ptr<const Subsets> indices, const Operators& operators,
                  const AtOnce& at_once);

    Index dimension() const { return n_; }
    const Subsets& indices() const { return *indices_; }
    /// out = 𝓛y of vectors (N, N · planes).
    void apply(const Scalar* y, Scalar* out, int threads) const;
    /// out = the couplings of members first … last − 1 to their neighbours, `out` being the planes of
    /// these.
    void couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out, int threads) const;

  private:
    struct Scratch;
    struct Down {
        Scalar left_re, left_im, right_re, right_im;  ///< c_k/s_k and c̃_k/s_k
    };

    template <class Body>
    void for_members(Index first, Index last, int threads, const Body& body) const;
    template <class Size>
    void gather(Size plane_size, Index member, int tier, Tiers tiers, const Scalar* y,
                Scratch& scratch) const;
    void gather(Index member, int tier, Tiers tiers, const Scalar* y, Scratch& scratch) const;
    /// out += what is gathered and, where `whole`, what keeps a member in its tier but its decay and
    /// turning.
    void scatter(Index member, int tier, bool whole, const Scalar* y, Scalar* out,
                 Scratch& scratch) const;

    std::shared_ptr<const Subsets> indices_;
    Index n_;
    MatrixOf<Scalar> frequencies_;  ///< E_k − E_l in the eigenbasis; else empty
    /// H − iK, H in the given basis alone, and its adjoint; empty where there is neither.
    std::vector<PackedProduct<Scalar>> hamiltonian_;
    std::vector<Sandwich<Scalar>> gains_;  ///< of √(2 Re d) a^σ, and the sign of Re d
    std::vector<Scalar> gain_signs_;
    std::vector<PackedProduct<Scalar>> operators_;  ///< a_p at 2p and a_p† at 2p + 1
    std::vector<Index> operator_of_;                ///< of each term
    std::vector<Scalar> up_;                        ///< s_k
    std::vector<Down> down_;
};

extern template class FermionicFlow<double>;
extern template class FermionicFlow<float>;

}  // namespace redfield::hierarchy
