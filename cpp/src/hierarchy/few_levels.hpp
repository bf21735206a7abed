#pragma once

#include <memory>

#include "hierarchy/neighbours.hpp"
#include "redfield/system/state.hpp"

namespace redfield::hierarchy {

/// H and the couplings in the basis of a hierarchy's vectors.
struct Operators {
    Frame frame;
    RealVector energies;                   ///< of H in the eigenbasis; empty in the given basis
    ComplexMatrix hamiltonian;             ///< in the given basis; empty in the eigenbasis
    std::vector<ComplexMatrix> couplings;  ///< the distinct A_j
    Eigen::VectorXcd remainders;           ///< d_j of what acts at once, of each of them

    Index dimension() const { return energies.size() > 0 ? energies.size() : hamiltonian.rows(); }
    /// Σ_j Im d_j A_j², by which remainders shift H.
    ComplexMatrix shift() const {
        ComplexMatrix out = ComplexMatrix::Zero(dimension(), dimension());
        for (Index j = 0; j < remainders.size(); ++j) {
            const ComplexMatrix& a = couplings[static_cast<std::size_t>(j)];
            out += remainders[j].imag() * a * a;
        }
        return out;
    }
};

/// Levels up to which a hierarchy's right-hand side is taken by FewLevels.
constexpr Index few_levels = 8;

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
