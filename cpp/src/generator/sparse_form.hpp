#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "linalg/sparse_rows.hpp"
#include "redfield/generator/sparse_generator.hpp"
#include "redfield/linalg/planar.hpp"

namespace redfield::generator {

/// F + F†,  F = Gρ + Σ_j Λ_jρB_j†, of packed states, with sparse matrices of the given basis.
///
/// The columns of ρ are taken eight at a time as the lanes of a vector: row c of such a panel is one
/// cache line of each plane, Z₊ = R(c, J) and Z₋ = R(J, c), so that every non-zero of G costs two vector
/// loads and, being real or imaginary, two multiply–adds, whatever its place. A panel of Gρ is made in
/// the second level of cache; ρ itself is read once for it, once more for each term, and F written once.
/// Of a jump LρL† only the upper triangle is computed, the other half being its adjoint.
class SparseForm {
  public:
    SparseForm(const SparseMatrix& g, const std::vector<SparseTerm>& terms,
               std::shared_ptr<const std::vector<SiteFactor>> factors);
    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const;

    /// A matrix by columns; `occupied` are those that are not empty, `start` belongs to them.
    struct Columns {
        std::vector<std::int32_t> occupied, start, index;
        std::vector<double> re, im;
    };
    struct Term {
        bool is_jump = false;               ///< LρL†, of which the upper triangle is computed
        Columns jump;                       ///< L by columns
        linalg::SparseRows lambda;          ///< else Λ
        std::vector<std::int32_t> b_start;  ///< N + 1, by rows
        std::vector<std::int32_t> b_column;
        std::vector<double> b_re, b_im;
        bool b_is_real = true;
    };

  private:
    Index n_;
    linalg::SparseRows g_;
    std::vector<Term> terms_;
    std::shared_ptr<const std::vector<SiteFactor>> factors_;
    std::vector<std::vector<std::size_t>> factors_of_;  // of each panel
};

}  // namespace redfield::generator
