#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "linalg/row_blocks.hpp"
#include "redfield/generator/sparse_generator.hpp"
#include "redfield/linalg/planar.hpp"

namespace redfield::generator {

/// F + F†,  F = Gρ + Σ_j Λ_jρB_j†, of packed states, with sparse matrices of the given basis.
///
/// The columns of ρ are taken eight at a time (sixteen floats) as the lanes of a vector: row c of such a
/// panel is one cache line of each plane, Z₊ = R(c, J) and Z₋ = R(J, c), so that every non-zero of G
/// costs two vector loads and, being real or imaginary, two multiply–adds, whatever its place. A panel of
/// Gρ is made in the second level of cache; ρ itself is read once for it, once more for each term, and F
/// written once. Of a jump LρL† only the upper triangle is computed, the other half being its adjoint;
/// of one with many non-zeros a row the whole, as L(Lρ)† with an Lρ that is kept meanwhile.
template <class Scalar>
class SparseForm {
  public:
    using Factors = std::vector<BasicSiteFactor<Scalar>>;

    SparseForm(const SparseMatrix& g, const std::vector<SparseTerm>& terms,
               std::shared_ptr<const Factors> factors);
    /// The same in another precision.
    template <class Other>
    explicit SparseForm(const SparseForm<Other>& of);

    void apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
               linalg::BasicWorkspace<Scalar>& ws) const;

    /// A matrix by rows or columns; `start` belongs to those that are `occupied`, where that is filled.
    struct Lists {
        Lists() = default;
        template <class Other>
        explicit Lists(const Other& of)
            : occupied(of.occupied),
              start(of.start),
              index(of.index),
              re(of.re.begin(), of.re.end()),
              im(of.im.begin(), of.im.end()) {}

        std::vector<std::int32_t> occupied, start, index;
        std::vector<Scalar> re, im;
    };
    struct Term {
        Term() = default;
        template <class Other>
        explicit Term(const Other& of)
            : diagonal(of.diagonal.begin(), of.diagonal.end()),
              is_jump(of.is_jump),
              jump(of.jump),
              lambda(of.lambda),
              b(of.b),
              b_is_real(of.b_is_real) {}

        /// B where it is real and diagonal: then BΛρ has been taken out of Gρ, since (Λρ)B − BΛρ is one
        /// product with weights.
        std::vector<Scalar> diagonal;
        bool is_jump = false;              ///< LρL†, of which the upper triangle is computed
        Lists jump;                        ///< L by columns
        linalg::RowBlocks<Scalar> lambda;  ///< else Λ
        Lists b;                           ///< by rows
        bool b_is_real = true;
    };

  private:
    template <class Other>
    friend class SparseForm;
    void sort_factors();
    /// Calls body(panel, number) for every panel, on a team.
    template <class Body>
    void each_panel(const ConstRefOf<Scalar>& rho, linalg::BasicWorkspace<Scalar>& ws,
                    const Body& body) const;
    void add_wide(const linalg::RowBlocks<Scalar>& jump, const ConstRefOf<Scalar>& rho,
                  MutableRefOf<Scalar> out, linalg::BasicWorkspace<Scalar>& ws) const;

    Index n_;
    linalg::RowBlocks<Scalar> g_;
    std::vector<Term> terms_;
    std::vector<linalg::RowBlocks<Scalar>> wide_;  // L
    std::shared_ptr<const Factors> factors_;
    std::vector<std::vector<std::size_t>> factors_of_;  // of each panel
};

}  // namespace redfield::generator
