#pragma once

#include <cstdint>
#include <vector>

#include "generator/gathered_columns.hpp"
#include "generator/kernel.hpp"
#include "generator/pair_flags.hpp"
#include "linalg/row_blocks.hpp"

namespace redfield::generator {

/// SiteFactor in a precision.
template <class Scalar>
struct BasicSiteFactor {
    using Matrix = MatrixOf<std::complex<Scalar>>;
    Index site;
    std::vector<std::int32_t> support;
    Matrix left, right;
};

/// Whether LρL† of a jump is cheaper through Lρ, which has to be written and read.
bool is_wide(const SparseMatrix& jump);

/// Nanoseconds that an application takes for so many elements of ρ, one core of 2025
/// (bench/test_frames.py).
constexpr double sparse_application(double elements) { return 300.0 + 6.0 * elements; }

/// LρL† into a block of levels, of the block `source` of ρ.
struct JumpFrom {
    Index source;
    SparseMatrix jump;
};

/// F + F†,  F = Gρ + Σ_j Λ_jρB_j†, of packed states, with sparse matrices of the given basis.
///
/// Eight columns J of ρ (sixteen floats) are the lanes of a vector: row c of such a panel is one cache
/// line of each plane, Z₊ = R(c, J) and Z₋ = R(J, c), so that a non-zero of G costs two loads and, being
/// real or imaginary, two multiply–adds. Panel by panel, F(·, J) is summed in the second level of cache:
///     F(·, J) = G Z + Σ_j Λ_j (ρB_j†)(·, J),  then  out(R, J) += F₊ᵀ,  out(J, R) += F₋  tile by tile.
///
/// It equals Eigen's products of sparse and dense matrices (tests/cpp/test_kernels.cpp) in a third of
/// their time for a tridiagonal G, in a quarter (N = 64) to an eighth (N = 216) with a jump operator. Its
/// special cases, against the same term as a general pair Λ, B:
///   - a jump LρL†, of which only the upper triangle is computed: 1.6 to 2.1 times as fast (chains of
///   spins),
///   - a jump with many non-zeros a row, as L(Lρ)† with an Lρ that is kept: 1.1 (N = 216) to 10 (N =
///   512),
///   - a real diagonal B, whose BΛ is taken out of G: 1.3 to 1.7 (clusters of five and three spins),
///   - a SiteFactor, against its Λ as a sparse matrix: 8 (N = 64) to 13 (N = 216).
template <class Scalar>
class SparseKernel final : public Kernel<Scalar> {
  public:
    /// All matrices of the terms are sparse.
    SparseKernel(const SparseMatrix& g, const std::vector<LambdaTerm>& terms,
                 const std::vector<SiteFactor>& factors);

    /// The equation of the block `own` of a ρ of blocks.
    SparseKernel(const SparseMatrix& g, const std::vector<JumpFrom>& jumps, Index own);

    void apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
               linalg::BasicWorkspace<Scalar>& ws) const override;
    Index panels() const { return static_cast<Index>(factors_of_.size()); }
    /// Numbers of memory that a thread's panels take.
    Index panel_memory() const;
    /// The change of the own block among `blocks`, but for what jumps with many non-zeros do: panels
    /// first, first + step, …, in turn, since of a triangle the last cost the most.
    void add_panels(const PackedBlock<Scalar>* blocks, MutableRefOf<Scalar> out, PairFlags& flags,
                    Scalar* memory, Index first, Index step) const;

    struct Term {
        /// B where it is real and diagonal: then BΛρ has been taken out of Gρ, since (Λρ)B − BΛρ is one
        /// product with weights.
        std::vector<Scalar> diagonal;
        bool is_jump = false;              ///< LρL†, of which the upper triangle is computed
        Lists<Scalar> jump;                ///< L by columns
        linalg::RowBlocks<Scalar> lambda;  ///< else Λ
        Lists<Scalar> b;                   ///< by rows
        bool b_is_real = true;
        Index source = 0;  ///< the block of ρ that it acts on
    };

  private:
    /// Calls body(memory, part, parts) on a team, each part with memory of its own for its panels.
    template <class Body>
    void on_team(linalg::BasicWorkspace<Scalar>& ws, const Body& body) const;
    void add_wide(const linalg::RowBlocks<Scalar>& jump, const PackedBlock<Scalar>& whole,
                  MutableRefOf<Scalar> out, linalg::BasicWorkspace<Scalar>& ws) const;

    Index n_, own_ = 0;
    linalg::RowBlocks<Scalar> g_;
    std::vector<Term> terms_;
    std::vector<linalg::RowBlocks<Scalar>> wide_;  // L of jumps with many non-zeros a row
    std::vector<BasicSiteFactor<Scalar>> factors_;
    std::vector<std::vector<std::size_t>> factors_of_;  // of each panel
};

}  // namespace redfield::generator
