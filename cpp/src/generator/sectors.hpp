#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "generator/sparse_kernel.hpp"
#include "redfield/generator/lambda_form.hpp"

namespace redfield::generator {

/// The blocks that a state keeps under a Lindblad equation with sparse H and jumps L_j.
///
/// Levels are classes: those that an element of H, of Σ L†L or of ρ(0) joins, and all to which one jump
/// leads from one class. No coherence between classes ever arises, so that, with ρ_b the block of a class
/// b and G = −iH − ½Σ L†L,
///     ρ̇_b = G_bρ_b + ρ_bG_b† + Σ_j L_j,bc ρ_c L_j,bc†,
/// and blocks that no population reaches stay zero. They are found in the places of the non-zeros alone,
/// and are exact: a parity of spins halves what is computed, a number of excitations leaves a few
/// percent.
///
/// A state is a matrix with a row for each level of the blocks, in which these stand one after the other,
/// packed, filled up with zeros.
class Sectors {
  public:
    /// None where the form has other terms than jumps, or where blocks are not worth it.
    static std::optional<Sectors> of(const LambdaForm& form, const RealMatrix& rho0);

    RealMatrix into(const RealMatrix& packed) const;
    RealMatrix out_of(const RealMatrix& state) const;
    const SpectralBounds& bounds() const { return bounds_; }
    /// Levels of each block.
    std::vector<Index> sizes() const;

    /// ρ ↦ 𝓛ρ on such matrices.
    template <class Scalar>
    class Map {
      public:
        explicit Map(const Sectors& sectors);
        void apply(const ConstRefOf<Scalar>& x, MutableRefOf<Scalar> out,
                   linalg::BasicWorkspace<Scalar>& ws) const;

      private:
        const Sectors& sectors_;
        std::vector<SparseKernel<Scalar>> kernels_;
    };

  private:
    using Levels = std::vector<Index>;  ///< of a block, ascending

    Sectors(const LambdaForm& form, std::vector<Levels> blocks);

    Index dimension_, levels_ = 0, size_ = 0;
    std::vector<Levels> blocks_;
    std::vector<Index> begin_;  ///< of each block in a state
    std::vector<SparseMatrix> g_;
    std::vector<std::vector<JumpFrom>> jumps_;  ///< into each block
    SpectralBounds bounds_{0.0, 0.0};
};

}  // namespace redfield::generator
