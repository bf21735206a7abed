#pragma once

#include <vector>

#include "gradient/response.hpp"

namespace redfield::gradient {

/// The sensitivity of an equation whose couplings are dense matrices, some of which may be site
/// projectors' own.
class OfOperators final : public Sensitivity {
  public:
    OfOperators(const System& system, KernelTables tables, int threads, double max_bytes);

    void add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) override;
    void add(const ComplexMatrix& z) override;
    Gradient gradient() const override;

  private:
    struct Coupling {
        std::size_t bath;
        ComplexMatrix a, b, lambda;
        ComplexMatrix m, q;           ///< Σ w ρB†y and Σ w ρΛ†y
        bool tied;                    ///< Λ = cB of one number c, so that q = c*m is not kept
        SparseMatrix b_adjoint = {};  ///< B† where most of it is zero, else of size 0
    };
    static ComplexMatrix through(const ComplexMatrix& rho, const Coupling& c, int threads);
    /// What all factors add to.
    struct Sums {
        std::vector<ComplexMatrix> couplings;  ///< C_j with dF = 2Re tr[dA_j C_j]
        ComplexMatrix hamiltonian;             ///< G in the eigenbasis
    };
    /// Adds 2Re Σ_j tr[d(f∘A_j) M_j] to the sums; returns what it is of the values of f.
    std::vector<ComplexMatrix> respond(const std::vector<SlopedTable>& tables,
                                       const std::vector<ComplexMatrix>& m, Sums& sums) const;

    System system_;
    KernelTables tables_;
    int threads_;
    std::vector<Coupling> couplings_;
    ComplexMatrix loss_;
};

}  // namespace redfield::gradient
