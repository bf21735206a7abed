#pragma once

#include <cstdint>
#include <vector>

#include "redfield/generator/sparse_generator.hpp"
#include "redfield/linalg/planar.hpp"

namespace redfield::generator {

/// F + F†,  F = Gρ + Σ_j Λ_jρB_j†, of packed states, with sparse matrices of the given basis.
///
/// The columns of ρ are taken eight at a time as the lanes of a vector: row c of such a panel is one
/// cache line of each plane, Z₊ = R(c, J) and Z₋ = R(J, c), so that every non-zero of G costs two vector
/// loads and, being real or imaginary, two multiply–adds, whatever its place. A panel of Gρ is made in
/// the second level of cache; ρ itself is read once for it, once more for each term, and F written once.
/// Of a term with Λ ∝ B only the upper triangle is computed, the other half being its adjoint.
class SparseForm {
  public:
    SparseForm(const SparseMatrix& g, const std::vector<SparseTerm>& terms);
    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const;

    /// A real matrix by rows.
    struct Rows {
        std::vector<std::int32_t> start, column;
        std::vector<double> value;
    };
    /// A complex one by rows or columns; `occupied` are those that are not empty, `start` belongs to
    /// them.
    struct Lines {
        std::vector<std::int32_t> occupied, start, index;
        std::vector<double> re, im;
        bool is_real = true;
    };
    struct Term {
        Lines lambda;                       ///< by columns
        std::vector<std::int32_t> b_start;  ///< N + 1, by rows
        std::vector<std::int32_t> b_column;
        std::vector<double> b_re, b_im;
        bool b_is_real = true;
        bool triangle = false;  ///< Λ holds what the upper triangle takes of Λ + its partner
    };

  private:
    Index n_;
    Rows re_, im_;  // of G
    std::vector<Term> terms_;
};

}  // namespace redfield::generator
