#pragma once

#include <vector>

#include "redfield/generator/matrix_free.hpp"

namespace redfield {

/// Redfield's equation with sparse Λ_j in place of Γ_j(ω)∘A_j, such as those cut off at a distance from
/// the site they belong to:  ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρA_j† + A_jρΛ_j† − A_j†Λ_jρ − ρΛ_j†A_j ).
///
/// `lambdas` are in the basis H was given in, one for each of the system's operators.
/// std::invalid_argument where they do not match or are not finite.
class REDFIELD_EXPORT QuasilocalRedfield final : public MatrixFree {
  public:
    QuasilocalRedfield(const System& system, const std::vector<SparseMatrix>& lambdas);
    ComplexMatrix decay() const override { return decay_; }
    std::shared_ptr<const Generator> transposed() const override;

  private:
    QuasilocalRedfield(const System& system, const std::vector<SparseMatrix>& lambdas,
                       ComplexMatrix decay);
    std::vector<SparseMatrix> lambdas_;
    ComplexMatrix decay_;
};

}  // namespace redfield
