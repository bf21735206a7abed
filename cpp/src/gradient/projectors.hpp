#pragma once

#include <vector>

#include "equation/eigen_couplings.hpp"
#include "gradient/response.hpp"

namespace redfield::gradient {

/// The sensitivity of Redfield's equation of site projectors A_j = v_jv_j†, in O(N³) however many there
/// are: all of M_j = Σ w(x q − t v_j†), x = ρv_j, q = v_j†y, t = ρyv_j, has rank one.
class OfProjectors final : public Sensitivity {
  public:
    OfProjectors(const System& system, std::vector<SlopedTable> tables, int threads);

    void add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) override;
    /// std::invalid_argument: so many levels have no products of states.
    void add(const ComplexMatrix& z) override;
    Gradient gradient() const override;

  private:
    /// Σ_j of the products of Λ_j = f∘A_j, M_j and M̃_j; sums that are multiplied by V at the end are
    /// kept before that.
    struct Sums {
        explicit Sums(Index n, Index m)
            : lambda_m(ComplexMatrix::Zero(n, n)),
              m_lambda(lambda_m),
              tilde_columns(ComplexMatrix::Zero(n, m)),
              tilde_rows(tilde_columns) {}
        ComplexMatrix lambda_m, m_lambda;
        ComplexMatrix tilde_columns;  ///< M̃A = Σ tilde_columns V†
        ComplexMatrix tilde_rows;     ///< AM̃ = Σ V tilde_rowsᵀ
    };
    /// f of each bath times its columns, or fᵀ.
    ComplexMatrix through(bool slopes, bool transposed, const ComplexMatrix& columns) const;
    void add_ranks(bool slopes, const ComplexMatrix& x, const ComplexMatrix& y, const ComplexMatrix& to,
                   const ComplexMatrix& from, Sums& sums, RealVector* weights) const;
    Products products(bool slopes, Sums sums, const ComplexMatrix& t, RealVector* weights) const;

    System system_;
    std::vector<SlopedTable> tables_;
    int threads_;
    equation::ProjectorColumns columns_;
    Nearness nearness_;
    ComplexMatrix loss_;
    Sums of_values_, of_slopes_;
    std::vector<ComplexMatrix> of_tables_;  ///< Σ_j A_j,mn (xq)_j,nm
    RealVector of_weights_;                 ///< Re tr[Λ_j xq]
};

}  // namespace redfield::gradient
