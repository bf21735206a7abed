#pragma once

#include <memory>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/hierarchy/steady_state.hpp"

namespace redfield {

namespace hierarchy {
struct Term;
class Subsets;
template <class Scalar>
class FermionicFlow;
}  // namespace hierarchy

/// A lead of free fermions f on an operator a that takes one out of the system, H_SB = a†f + f†a, with
///
///     ⟨f(t)f†⟩ = Σ_l r_l e^{−ν_l t},   ⟨f†(t)f⟩ = Σ_l i_l e^{−ν_l* t},   t ≥ 0,   Re ν_l > 0.
struct REDFIELD_EXPORT Lead {
    std::size_t removal, injection;  ///< the couplings a and a† of the system
    Eigen::VectorXcd removed;        ///< r_l
    Eigen::VectorXcd injected;       ///< i_l
    Eigen::VectorXcd rates;          ///< ν_l
    /// d⁻ and d⁺, ∫₀^∞ of the rest of both, which acts at once.
    Complex removed_at_once = 0.0, injected_at_once = 0.0;
};

/// The hierarchical equations of motion of a system between leads of fermions (Jin, Zheng & Yan,
/// doi:10.1063/1.2938087; Lambert et al., doi:10.1103/PhysRevResearch.5.013181). Exponential k belongs to
/// a^σ of a lead, a⁻ = a and a⁺ = a†; its partner k̄ to the adjoint a^σ̄, with ν_k̄ = ν_k*. An auxiliary
/// operator ρ_n belongs to a set n of m ≤ depth exponentials, each at most once, in ascending order:
///
///     ρ̇_n = −i[H, ρ_n] − Σ_{k∈n} ν_k ρ_n + Σ_{k∉n} (−1)^q s_k U_k ρ_{n∪k} + Σ_{k∈n} (−1)^q D_k
///     ρ_{n∖k}/s_k,
///
///     U_k ρ = −i(a^σ̄ ρ − (−1)^m ρ a^σ̄),   D_k ρ = −i(c_k a^σ ρ + (−1)^m c̃_k ρ a^σ),
///
/// q the elements of n that follow k, c_k the coefficient in C^σ and c̃_k that in (C^σ̄)*, s_k =
/// √max(|c_k|, |c̃_k|). What acts at once adds −Kρ_n − ρ_nK† + (−1)^m 2(Re d⁻ aρ_na† + Re d⁺ a†ρ_na) of
/// each lead, K = d⁻a†a
/// + d⁺aa†. The signs are those of a ρ_0 that is even, as states are: it does not join an even number of
/// fermions to an odd one. Where H is quadratic ⟨a†a⟩ and currents are exact at depth 2.
///
/// ρ_n† is (−1)^{m(m−1)/2 + p} times the operator of the partners' set, p the pairs k, k̄ in n, so that
/// one of the two is stored, as two packed Hermitian planes G + iF, or one where both are the same.
class REDFIELD_EXPORT FermionicHierarchy {
  public:
    /// Each coupling of the system is the a or the a† of one lead. `parity` is (−1)^N̂ in the basis H was
    /// given in; an empty one is found where that basis is of even and odd states.
    ///
    /// std::invalid_argument where H is not even or a coupling not odd; where the operators of two leads
    /// do not anticommute, as those of spins do not; where a number is not finite, Re ν ≤ 0 or depth < 1.
    /// std::length_error where bytes() are more than max_bytes.
    FermionicHierarchy(const System& system, const std::vector<Lead>& leads, int depth,
                       double max_bytes = 1e300, const ComplexMatrix& parity = {});
    ~FermionicHierarchy();
    FermionicHierarchy(FermionicHierarchy&&) noexcept;

    Index dimension() const;
    int depth() const;
    /// Exponentials of all leads, two for each rate.
    Index exponentials() const;
    /// Auxiliary operators, ρ_0 and adjoint ones among them: Σ_{m ≤ depth} C(exponentials, m).
    Index planes() const;
    double vector_bytes() const;
    double bytes() const;
    /// Bytes of a hierarchy before it is made.
    static double bytes_of(Index dimension, const std::vector<Lead>& leads, int depth);

    const System& system() const;
    const std::vector<Lead>& leads() const;
    /// The basis of the vectors, the cheaper of the eigenbasis and the one H was given in.
    Frame frame() const;
    /// (−1)^N̂ in the basis H was given in.
    const ComplexMatrix& parity() const;

    /// out = 𝓛y of vectors (N, N · planes); threads = 0 chooses.
    void apply(const ConstRef& y, MutableRef out, int threads = 0) const;

    /// The parts, for the solvers of this library.
    const hierarchy::Subsets& indices() const;
    const hierarchy::FermionicFlow<double>& flow() const;
    hierarchy::FermionicFlow<float> single() const;
    /// a_p at 2p and a_p† at 2p + 1 of the distinct a_p, in the frame of the vectors.
    const std::vector<ComplexMatrix>& couplings() const;
    /// Which of them the a of a lead is.
    Index operator_of(std::size_t lead) const;
    /// The even part of a packed state in the frame of the vectors, ½(ρ + PρP).
    RealMatrix even(const RealMatrix& state) const;
    int threads(int requested) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

namespace hierarchy {

/// The vector of a packed state in the hierarchy's frame beside leads in equilibrium.
/// std::invalid_argument where the state is not even.
REDFIELD_EXPORT RealMatrix uncorrelated(const FermionicHierarchy& hierarchy, const RealMatrix& state);

/// As evolve of a Hierarchy.
REDFIELD_EXPORT EvolveStats evolve(const FermionicHierarchy& hierarchy, const RealMatrix& start,
                                   const std::vector<double>& times, const EvolveOptions& options,
                                   const Observer<StateView>& observe, RealMatrix* last = nullptr,
                                   const Observer<RealMatrix>& lowest = {});

/// As steady_state of a Hierarchy, among even states.
REDFIELD_EXPORT SteadySolution steady_state(const FermionicHierarchy& hierarchy,
                                            const SteadyOptions& options = {});
REDFIELD_EXPORT SteadySolution steady_state(const FermionicHierarchy& hierarchy,
                                            const ComplexMatrix& rho0, const SteadyOptions& options = {});

/// S_j = Σ_k s_k ρ_{k} over the exponentials k of coupling A_j of the system, in the basis H was given
/// in, of a vector or of the planes of its tiers 0 and 1; that of a† is the adjoint of that of a. Leads
/// move the state by
///
///     ρ̇ = −i[H, ρ] − i Σ_j [A_j†, S_j],
///
/// so that a lead gives 2 Im tr(a†S) particles to the system, S of its a.
REDFIELD_EXPORT std::vector<ComplexMatrix> bath_forces(const FermionicHierarchy& hierarchy,
                                                       const RealMatrix& y);

/// Planes of tiers 0 and 1.
REDFIELD_EXPORT Index leading_planes(const FermionicHierarchy& hierarchy);

}  // namespace hierarchy
}  // namespace redfield
