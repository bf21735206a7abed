#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"

namespace redfield::floquet {

/// ρ̇_row gains value ρ_column, both as k + N l.
struct Link {
    Index row, column;
    Complex value;
};

/// A constant map of states, ρ̇_kk = Σ_l R_kl ρ_ll, ρ̇_kl = κ_kl ρ_kl and what links elements otherwise,
/// taken apart into blocks that do not know each other.
class Blocks {
  public:
    /// std::length_error where the blocks need more than max_bytes.
    Blocks(const RealMatrix& rates, const ComplexMatrix& coherences, std::vector<Link> links,
           double max_bytes);

    bool linked() const { return !links_.empty(); }
    /// Calls visit(i, ρ(times[i])), packed, for every i ≥ 1 in order.
    void propagate(const RealMatrix& rho0, const std::vector<double>& times,
                   const Observer<RealMatrix>& visit) const;
    /// An orthonormal basis of what does not change.
    std::vector<ComplexMatrix> steady_states() const;
    ComplexMatrix apply(const ComplexMatrix& x) const;

  private:
    /// Elements of packed states that only each other move, and how.
    struct Block {
        std::vector<Index> elements;
        std::vector<Index> populations;  ///< positions among them
        RealMatrix matrix;
    };
    void find_blocks(double max_bytes);
    /// R without what rounding leaves of rates that vanish.
    RealMatrix joined() const;
    /// Whether nothing moves a coherence that nothing links.
    bool stays(Index element) const;
    double zero() const;
    /// The columns that a block's matrix sends to zero; none where it is regular.
    RealMatrix null_vectors(const Block& block) const;

    RealMatrix rates_;
    ComplexMatrix coherences_;
    std::vector<Link> links_;
    std::vector<Block> blocks_;  ///< the first has the populations
    std::vector<Index> alone_;   ///< k + N l with k < l, coherences that nothing links
};

}  // namespace redfield::floquet
