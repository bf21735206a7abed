#pragma once

#include <memory>
#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield {

namespace generator {
class SparseForm;
}

/// ΛρB† + BρΛ† of one coupling or jump; a jump operator L is Λ = ½L, B = L.
struct SparseTerm {
    SparseMatrix lambda, b;
};

/// ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρB_j† + B_jρΛ_j† ) − Kρ − ρK†  with sparse matrices of the basis H was given
/// in.
///
/// Nothing is diagonalised: the equation is integrated in that basis, its spectral bounds come from
/// Lanczos' method. An application costs the non-zeros of H and K times N, those of the terms too, and
/// O(N²) memory.
class REDFIELD_EXPORT SparseGenerator final : public Generator {
  public:
    /// std::invalid_argument where dimensions differ, an entry is not finite or H is not Hermitian.
    SparseGenerator(const SparseMatrix& hamiltonian, const SparseMatrix& decay,
                    std::vector<SparseTerm> terms);
    /// Lindblad's equation, K = ½Σ_j L_j†L_j.
    SparseGenerator(const SparseMatrix& hamiltonian, const std::vector<SparseMatrix>& jumps);
    ~SparseGenerator() override;
    SparseGenerator(SparseGenerator&&) noexcept;

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override { return bounds_; }
    ComplexMatrix decay() const override { return ComplexMatrix(decay_); }

    /// The Heisenberg picture, of Xᵀ (redfield::adjoint).
    std::shared_ptr<const Generator> transposed() const;

  private:
    struct Transposed {};
    SparseGenerator(Transposed, const SparseGenerator& of);

    SparseMatrix drift_, decay_;  // −iH − K, K
    std::vector<SparseTerm> terms_;
    std::unique_ptr<const generator::SparseForm> form_;
    SpectralBounds bounds_{0.0, 0.0};
};

}  // namespace redfield
