#pragma once

#include <memory>
#include <vector>

#include "redfield/hierarchy/exponentials.hpp"
#include "redfield/linalg/planar.hpp"
#include "redfield/system/system.hpp"

namespace redfield {

namespace hierarchy {
class IndexSet;
template <class Scalar>
class Flow;
}  // namespace hierarchy

/// The hierarchical equations of motion (Tanimura & Kubo, doi:10.1143/JPSJ.58.101; normalised as Shi et
/// al., doi:10.1063/1.3077918) of auxiliary operators ρ_n, Σ_k n_k ≤ depth, ρ_0 the state:
///
///     ρ̇_n = −i[H, ρ_n] − Σ_k n_k ν_k ρ_n + Σ_k s_k √(n_k+1) U_k ρ_{n+e_k} + Σ_k (√n_k / s_k) D_k
///     ρ_{n−e_k}, U_k ρ = −i[A_k, ρ],   D_k ρ = −i(c_k A_k ρ − c̃_k ρ A_k),   s_k = √max(|c_k|, |c̃_k|),
///
/// for Hermitian couplings A_j to independent baths C_j(t) = Σ_k c_k e^{−ν_k t}, C_j(t)* = Σ_k c̃_k
/// e^{−ν_k t}. Exact as the depth grows; depth 1 is of second order in the coupling, with memory, depth 2
/// of fourth.
///
/// A bath's remainder d adds −[A, dAρ_n − d*ρ_nA] to each.
///
/// ρ_n† is the operator of the conjugate index, which is not stored: a vector of the hierarchy is
/// `planes()` packed Hermitian matrices beside each other, (N, N · planes()), ρ_0 the first.
class REDFIELD_EXPORT Hierarchy {
  public:
    /// `exponentials[j]` of the bath of coupling j. std::invalid_argument where a coupling is not
    /// Hermitian, a number is not finite, Re ν ≤ 0 or depth < 0; std::length_error where bytes() are more
    /// than max_bytes. Auxiliary operators that are expected to move the state by less than `negligible`
    /// each, in trace norm, are left out: of size x = Π_k x_k^{n_k}/√n_k!, x_k = s_k (a_max −
    /// a_min)/|ν_k|, they do so by about x², in units of max_k x_k² of the weakest bath where that is
    /// less than 1. Equal couplings are one operator, unless they are to change `apart`.
    Hierarchy(const System& system, const std::vector<Exponentials>& exponentials, int depth,
              double max_bytes = 1e300, double negligible = 0.0, bool apart = false);
    /// That of a system which differs from `like` in H alone, of which it takes the indices, exponentials
    /// and couplings.
    Hierarchy(const Hierarchy& like, const System& system);
    ~Hierarchy();
    Hierarchy(Hierarchy&&) noexcept;

    Index dimension() const;
    int depth() const;
    /// Exponentials, closed under conjugation.
    Index exponentials() const;
    /// Auxiliary operators, ρ_0 and the conjugates among them: C(exponentials + depth, depth) less those
    /// left out.
    Index planes() const;
    /// Bytes of a vector, and of all the hierarchy itself holds.
    double vector_bytes() const;
    double bytes() const;
    /// Bytes of a hierarchy before it is made.
    static double bytes_of(const System& system, const std::vector<Exponentials>& exponentials, int depth,
                           double negligible = 0.0, bool apart = false);
    /// planes() of a hierarchy before it is made.
    static double planes_of(const System& system, const std::vector<Exponentials>& exponentials,
                            int depth, double negligible = 0.0, bool apart = false);
    /// Exponentials of baths, closed under conjugation.
    static Index count_exponentials(const std::vector<Exponentials>& baths);

    const System& system() const;
    const std::vector<Exponentials>& baths() const;
    /// The basis of the vectors, the cheaper of the eigenbasis and the one H was given in.
    Frame frame() const;

    /// out = 𝓛y; threads = 0 chooses.
    void apply(const ConstRef& y, MutableRef out, int threads = 0) const;

    /// The parts, for the solvers of this library.
    const hierarchy::IndexSet& indices() const;
    const hierarchy::Flow<double>& flow() const;
    hierarchy::Flow<float> single() const;
    /// 𝓛† with respect to Σ_p tr(x_p y_p) over planes.
    hierarchy::Flow<double> adjoint() const;
    /// The right-hand side of the same vectors with other couplings in the place of couplings(), in the
    /// frame of the vectors.
    hierarchy::Flow<double> with_couplings(std::vector<ComplexMatrix> couplings) const;
    /// The distinct couplings, in the frame of the vectors.
    const std::vector<ComplexMatrix>& couplings() const;
    /// Which of them a coupling of the system is.
    Index operator_of(std::size_t coupling) const;
    /// Σ of their baths' remainders.
    const Eigen::VectorXcd& remainders() const;
    /// Threads of one application: as many as pay off, or as are asked for.
    int threads(int requested) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace redfield
