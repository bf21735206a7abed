#pragma once

#include <mutex>
#include <vector>

#include "hierarchy/index_set.hpp"
#include "hierarchy/neighbours.hpp"
#include "redfield/hierarchy/gradient.hpp"

namespace redfield::hierarchy {

/// The derivative of  F = Σ_t w_t ⟨y_t, 𝓛x_t⟩,  vectors held, with respect to all that a hierarchy is
/// made of but the units s_k.
///
/// With W = −i Σ w[x_p, y_p] and, of the neighbours' sums P and Q of a coupling's planes,
///
///     dF = tr[dH W] + Σ w { tr[dA (−i[P_p, y_p] + {Q_p, y_p})] + ⟨i[A, y_p], dP_p⟩ + ⟨{A, y_p}, dQ_p⟩ },
///
/// dP and dQ by c_k and c̃_k alone; each rate changes the decay Σ_k n_k ν_k of all operators, and a
/// remainder acts on every one.
class VectorSensitivity {
  public:
    VectorSensitivity(const Hierarchy& hierarchy, int threads);
    void add(const RealMatrix& x, const RealMatrix& y, double weight);
    HierarchyGradient gradient() const;

  private:
    /// A neighbour n − e_k of a member from which ρ_n gets c_k and c̃_k.
    struct Descent {
        Index term;
        IndexSet::Link link;
        double unit;  ///< of the derivative by c_k ± c̃_k
    };
    /// Σ of Z, whose Z + Z† are derivatives, and of numbers.
    struct Sums {
        ComplexMatrix turned;                 ///< of H
        std::vector<ComplexMatrix> moved;     ///< of each A_j
        Eigen::VectorXcd left, right, rates;  ///< of c_k, c̃_k and ν_k
        RealVector at_once;                   ///< of Re d_j
        Sums(Index n, std::size_t couplings, Index terms);
        void add(const Sums& other, double weight);
    };
    struct Member;

    void add_member(const Member& member, Sums& sums) const;
    void add_decay(const Member& member, Sums& sums) const;
    void add_coupling(const Member& member, std::size_t j, Sums& sums) const;
    void add_descents(const Member& member, std::size_t j, const std::vector<RealMatrix>& commutators,
                      const std::vector<RealMatrix>& anticommutators, Sums& sums) const;
    void add_at_once(const Member& member, std::size_t j, Sums& sums) const;
    std::vector<Exponentials> of_baths(const ComplexMatrix& turned) const;

    const Hierarchy& hierarchy_;
    const IndexSet& set_;
    const Neighbours<double>& neighbours_;
    int threads_;
    /// Descents by member and coupling, and where each begins.
    std::vector<Descent> descents_;
    std::vector<std::size_t> begin_;
    Sums sums_;
    std::mutex mutex_;
};

}  // namespace redfield::hierarchy
