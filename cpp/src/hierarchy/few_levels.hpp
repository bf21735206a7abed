#pragma once

#include <memory>

#include "hierarchy/neighbours.hpp"
#include "hierarchy/operators.hpp"
#include "hierarchy/sizes.hpp"

namespace redfield::hierarchy {

/// The right-hand side of a hierarchy of few levels.
///
/// Each plane X is first copied twice, X and Xᵀ, with columns of a whole number of machine vectors. An
/// operator A takes columns of both alone, and of a sparse A only those where it is not zero:
///
///     −i[A, P] + {A, Q} = S + Dᵀ,   Sᵀ_r = Σ_c Re A_rc V₊_c + Im A_rc V₋_c,
///                                   Dᵀ_r = Σ_c Re A_rc V₋_c − Im A_rc V₊_c,
///
/// V₊ = Qᵀ − P and V₋ = Q + Pᵀ by columns, all in machine vectors of numbers that stay in the cache.
template <class Scalar>
class FewLevels {
  public:
    virtual ~FewLevels() = default;
    /// out = 𝓛y.
    virtual void apply(const Scalar* y, Scalar* out, int threads) const = 0;
    /// out = the couplings of members first … last − 1 to their neighbours, `out` being the planes of
    /// these.
    virtual void couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                           int threads) const = 0;

    /// std::logic_error of one level, or more than few_levels.
    static std::shared_ptr<const FewLevels> make(std::shared_ptr<const Neighbours<Scalar>> neighbours,
                                                 const Operators& operators);
    /// Numbers of the copies of a plane.
    static double copied(Index levels);
};

extern template class FewLevels<double>;
extern template class FewLevels<float>;

}  // namespace redfield::hierarchy
