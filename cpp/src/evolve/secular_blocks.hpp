#pragma once

#include <vector>

#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// ρ̇_row gains value ρ_column, both as k + N l.
struct Link {
    Index row, column;
    Complex value;
};

/// Davies' equation, of a constant H or of a period:
///   ρ̇_kk = Σ_l R_kl ρ_ll,   ρ̇_kl = (κ_kl − iω_kl) ρ_kl,   ω_kl = E_k − E_l,
/// and links between elements of nearly one ω. Coherences without a link are exponentials; the others and
/// the populations are taken apart into blocks that do not know each other,
///   e^{−iω_c t}e^{G_c t},   G_c the rates, the links and −i(ω − ω_c),
/// so that rounding is ε‖G_c‖t instead of ε‖𝓛‖t, and the phase is that of one product ω_c t.
class SecularBlocks {
  public:
    /// Elements that move only each other, on packed states.
    struct Block {
        std::vector<Index> elements;     ///< k + N l, and with each l + N k
        std::vector<Index> populations;  ///< positions among them
        double frequency = 0.0;          ///< ω_c ≥ 0 of the elements with ω > 0; 0 of a block at rest
    };

    /// R with columns that sum to zero, κ without its diagonal. std::length_error where the blocks need
    /// more than max_bytes.
    SecularBlocks(RealVector energies, RealMatrix rates, ComplexMatrix coherences,
                  std::vector<Link> links, double max_bytes = 1e300);

    bool linked() const { return !links_.empty(); }
    Index dimension() const { return rates_.rows(); }
    double frequency(Index element) const {
        return energies_[element % dimension()] - energies_[element / dimension()];
    }
    const RealVector& energies() const { return energies_; }
    const RealMatrix& rates() const { return rates_; }
    const ComplexMatrix& coherences() const { return coherences_; }
    const std::vector<Link>& links() const { return links_; }
    /// The first has the populations.
    const std::vector<Block>& blocks() const { return blocks_; }
    /// k + N l with k < l, coherences without a link.
    const std::vector<Index>& alone() const { return alone_; }
    /// G_c of every block, its entries changed by ± part of themselves and its frequencies by
    /// ± part max|E|.
    std::vector<RealMatrix> matrices(double part = 0.0) const;

    /// Calls visit(i, ρ(times[i])), packed, for every i ≥ 1 in order. ConvergenceError where rounding
    /// passes `tolerance`, in trace norm; an infinite one leaves rounding unjudged, in half the time.
    void propagate(const RealMatrix& rho0, const std::vector<double>& times, double tolerance,
                   const Observer<RealMatrix>& visit) const;

  private:
    Index transposed(Index e) const { return e / dimension() + dimension() * (e % dimension()); }
    void find_blocks();
    void find_frequencies();

    RealVector energies_;
    RealMatrix rates_;
    ComplexMatrix coherences_;
    std::vector<Link> links_;
    std::vector<Block> blocks_;
    std::vector<Index> block_of_, place_, alone_;  ///< of each element: its block, and where in it
};

}  // namespace redfield::integrators
