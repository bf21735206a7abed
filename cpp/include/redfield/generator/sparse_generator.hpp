#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield {

namespace generator {
template <class Scalar>
class SparseForm;
}

/// ΛρB† + BρΛ† of a coupling; without a Λ, of size 0, BρB† of a jump operator B.
struct SparseTerm {
    SparseMatrix lambda, b;
};

/// ΛρA† + AρΛ† of the projector A = |site⟩⟨site|, with Λ = left·right† between the sites of its support.
template <class Scalar>
struct BasicSiteFactor {
    using Matrix = MatrixOf<std::complex<Scalar>>;
    Index site;
    std::vector<std::int32_t> support;
    Matrix left, right;  ///< a row for each site of the support
};
using SiteFactor = BasicSiteFactor<double>;

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
                    std::vector<SparseTerm> terms, std::vector<SiteFactor> factors = {});
    /// Lindblad's equation, K = ½Σ_j L_j†L_j.
    SparseGenerator(const SparseMatrix& hamiltonian, const std::vector<SparseMatrix>& jumps);
    ~SparseGenerator() override;
    SparseGenerator(SparseGenerator&&) noexcept;

    using Generator::apply;
    /// The whole of 𝓛, −i[H, ρ] included: there is no eigenbasis in which it would be a rotation.
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    void apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    /// H, whose −i[H, ρ] dissipate() holds.
    const SparseMatrix& hamiltonian() const { return hamiltonian_; }
    SpectralBounds bounds() const override { return bounds_; }
    std::shared_ptr<const SingleGenerator> single() const override;
    ComplexMatrix decay() const override { return ComplexMatrix(decay_); }
    bool conserves_trace() const override { return !is_transposed_; }
    /// Between the eigenvectors of H, which are computed for it.
    Dissipator dissipator(linalg::Workspace& ws) const override;

    /// −iH − K, H but for a multiple of 1.
    const SparseMatrix& drift() const { return drift_; }
    const std::vector<SparseTerm>& terms() const { return terms_; }
    const std::vector<SiteFactor>& factors() const { return *factors_; }

    /// std::invalid_argument with site factors.
    std::shared_ptr<const Generator> transposed() const override;

  private:
    struct Transposed {};
    SparseGenerator(Transposed, const SparseGenerator& of);

    SparseMatrix hamiltonian_, drift_, decay_;  // H, −iH − K, K
    std::vector<SparseTerm> terms_;
    std::shared_ptr<const std::vector<SiteFactor>> factors_;
    std::unique_ptr<const generator::SparseForm<double>> form_;
    SpectralBounds bounds_{0.0, 0.0};
    bool is_transposed_ = false;
};

}  // namespace redfield
