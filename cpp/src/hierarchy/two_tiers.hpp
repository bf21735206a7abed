#pragma once

#include <vector>

#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// The part of ρ̇ that the baths of a hierarchy of depth 2 add where tiers 1 and 2 stand still,
///
///     r = Σ_k −i[A_k, ρ_k + S_k/(ν_k + κ + iω)],   S_k = Σ_l −i[A_l, (D_kρ_l + D_lρ_k)/(ν_k + ν_l +
///     iω)], ρ_k = D_kρ/(ν_k + iω),   D_kρ = −i(c_k A_kρ − c̃_k ρA_k),   ω_ab = E_a − E_b,
///
/// in the eigenbasis, by products of N×N matrices alone: no operator of tier 2 is formed. −κ_ab is the
/// diagonal of Redfield's dissipator, which the next orders would add there: it keeps what a slow bath
/// remembers, ν_k below the rates, from growing as 1/ν_k². The sum over the terms l of one coupling j has
/// a closed form. With P_j = A_jρ, Q_j = ρA_j, B_k = c_k A_k/(ν_k + iω) and
///
///     G_j(z) = Σ_{l∈j} c_l/(z + ν_l + iω),   G̃_j(z) with c̃_l,   W_j = −i(P_j∘G_j(0) − Q_j∘G̃_j(0)),
///
/// 1/(x(x + y)) = (1/x − 1/(x + y))/y, x = ν_l + iω_mb and y = ν_k + iω_am, makes it H + H′†, where H′ is
/// that of the term of ν_k* and
///
///     H = −iB_kW_j + (B_kP_j − iA_jρ_k)∘G_j(ν_k) − (B_kQ_j)∘G̃_j(ν_k).
///
/// r is then M + M† with H for each sum, and −ic_kP_k for D_kρ.
///
/// It costs 6KJ products of matrices for K terms and J couplings, 17KJ products with a vector for site
/// projectors A = w uu†, of which only Hu and u†H are needed. Memory is that of 4J matrices and 2 for
/// each distinct bath.
class TwoTiers {
  public:
    /// std::invalid_argument where a bath has a remainder, std::length_error beyond max_bytes.
    TwoTiers(const Hierarchy& hierarchy, int threads, double max_bytes);

    /// r of a packed state in the eigenbasis, packed.
    RealMatrix operator()(const RealMatrix& state) const;

  private:
    static constexpr Complex minus_i{0.0, -1.0};

    /// Couplings first … first + count − 1, whose baths are equal: independent, but of the same numbers.
    struct Bath {
        std::vector<Term> terms;  ///< of one of them
        Index first, count;
    };
    struct Tables {
        ComplexMatrix g, conjugate;  ///< G(z) and G̃(z)
    };
    struct Sums;

    Index levels() const { return energies_.size(); }
    void tabulate(const Bath& bath, Complex z, Tables& out) const;
    std::vector<Tables> tables_at_zero() const;
    /// 1/(ν + iω), and 1/(ν + κ + iω).
    ComplexMatrix resolvent(Complex rate) const;
    ComplexMatrix damped_resolvent(Complex rate) const;
    ComplexMatrix damping(const std::vector<Tables>& zero) const;
    ComplexMatrix of_operators(const ComplexMatrix& rho) const;
    ComplexMatrix of_projectors(const ComplexMatrix& rho) const;
    ComplexMatrix commutators(const Sums& x) const;

    int threads_;
    RealVector energies_;
    std::vector<Bath> baths_;
    std::vector<Term> terms_;               ///< of all couplings, in the order of `baths_`
    std::vector<ComplexMatrix> couplings_;  ///< A_j in the eigenbasis; empty of site projectors
    ComplexMatrix sites_;                   ///< columns u_j of site projectors
    RealVector weights_;                    ///< w_j
    ComplexMatrix damping_;                 ///< κ
};

}  // namespace redfield::hierarchy
