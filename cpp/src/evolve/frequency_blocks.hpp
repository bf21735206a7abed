#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::integrators {

/// 𝓛 = −iω∘ + D on the matrix elements of ρ, ω_kl = E_k − E_l, taken apart into blocks of nearby Bohr
/// frequencies by an exact similarity transformation,
///   𝓛S = S·⊕_c (−iω_c + G_c),   S = 1 + X,   X zero inside the blocks,
///   X_pq = i[X G′ − D S]_pq/(ω_p − ω_q),   G′_c = [D S]_cc,   G_c = G′_c − i(ω − ω_c),
/// solved by iteration, which converges where D is small against the gaps between blocks (Bloch's wave
/// operator: C. Bloch, Nucl. Phys. 6, 329 (1958)). A block's exponential e^{−iω_c t}e^{G_c t} has
/// the digits of the dissipator: rounding is ε‖G_c‖t instead of ε‖𝓛‖t, and the phase is that of one
/// product ω_c t.
class FrequencyBlocks {
  public:
    /// The blocks of any D on column-stacked states. `conserve` says that D conserves the trace; `ripple`
    /// changes every entry of D by ± ripple of itself, and every frequency by ± ripple max|E|, to see
    /// what rounding does.
    FrequencyBlocks(const RealVector& energies, ComplexMatrix dissipator, bool conserve,
                    double ripple = 0.0);

    /// Whether all elements are in one block, so that nothing is gained.
    bool whole() const { return blocks_.size() == 1; }

    /// A packed state at rest in the blocks, and back after a time `elapsed` since.
    std::vector<Eigen::VectorXcd> into(const RealMatrix& packed) const;
    RealMatrix out_of(const std::vector<Eigen::VectorXcd>& parts, double elapsed) const;
    /// e^{G_c dt} of every block, with `extra` squarings more than needed.
    std::vector<ComplexMatrix> exponentials(double dt, int extra = 0) const;
    void advance(const std::vector<ComplexMatrix>& exponentials,
                 std::vector<Eigen::VectorXcd>& parts) const;

    /// The norm of the parts in blocks that turn: what a wrong phase changes. A stationary state,
    /// whatever coherences it has, is in the block at rest.
    double rotating_norm(const std::vector<Eigen::VectorXcd>& parts) const;

  private:
    struct Block {
        Index first, size;             ///< positions among the ordered elements
        double frequency;              ///< ω_c
        std::vector<Index> conserved;  ///< populations, as positions in the block
        ComplexMatrix matrix;          ///< G_c
    };
    void order(const RealVector& energies, double ripple);
    void cut(double width);
    bool decouple(const ComplexMatrix& d);

    Index n_;
    std::vector<Index> element_;     ///< k + N l in the order of frequencies
    std::vector<double> frequency_;  ///< ω of each
    std::vector<Block> blocks_;
    bool conserve_ = true;
    ComplexMatrix transform_, inverse_;  ///< S and S⁻¹; empty where S = 1
};

}  // namespace redfield::integrators
