#pragma once

#include <vector>

#include "gradient/elements.hpp"
#include "gradient/response.hpp"

namespace redfield::gradient {

/// The sensitivity of an equation whose matrix elements couple where their Bohr frequencies differ by at
/// most a cutoff: PartialSecular, and Davies' with the tolerance of its clusters, which are held.
///
/// With Z_ee' = Σ w ρ_ln y_mk of the coupled elements e = (k, l), e' = (m, n) and the masked loss
/// L_ln = Σ w (ρy)_ln,
///   F = 2Re Σ_j ( Σ_ee' Λ_e A*_e' Z_ee' − Σ_kln A*_kn Λ_kl L_ln ),
/// whose response to H follows from the turn of A_j, ρ and y in the eigenbasis together.
class OfPairs final : public Sensitivity {
  public:
    OfPairs(const System& system, std::vector<SlopedTable> tables, double cutoff, int threads,
            double max_bytes);

    void add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) override;
    void add(const ComplexMatrix& z) override;
    Gradient gradient() const override;

  private:
    using Element = CoupledElements::Element;
    /// What the dissipator and its adjoint make of ρ and y.
    ComplexMatrix dissipated(const ComplexMatrix& x, bool adjoint) const;

    System system_;
    std::vector<SlopedTable> tables_;
    double cutoff_;
    int threads_;
    RealVector energies_;
    CoupledElements elements_;
    std::vector<Complex> gram_;  ///< Σ_j Λ_e A*_e' of each pair
    ComplexMatrix decay_;        ///< K
    std::vector<Complex> pairs_;
    ComplexMatrix loss_;
    ComplexMatrix turned_;  ///< Σ w ( [𝒟†y, ρ] + [𝒟ρ, y] )
};

}  // namespace redfield::gradient
