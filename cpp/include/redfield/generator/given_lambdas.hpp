#pragma once

#include <vector>

#include "redfield/generator/matrix_free.hpp"

namespace redfield {

/// Redfield's equation with any Λ_j, ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρA_j† + A_jρΛ_j† − A_j†Λ_jρ − ρΛ_j†A_j ),
/// such as Λ_j = Σ_k Γ_jk(ω)∘A_k of baths that are not independent: applying it costs what independent
/// ones do.
///
/// `lambdas` are in the eigenbasis, one for each coupling; std::invalid_argument where they do not match
/// or are not finite.
/// The tables of the system's baths are what its steady state is preconditioned with.
class REDFIELD_EXPORT GivenLambdas final : public MatrixFree {
  public:
    GivenLambdas(const System& system, const std::vector<ComplexMatrix>& lambdas);
    ComplexMatrix decay() const override { return decay_; }
    std::shared_ptr<const Generator> transposed() const override;

  private:
    struct Made;
    GivenLambdas(const System& system, const Made& made);
    std::vector<ComplexMatrix> lambdas_;
    ComplexMatrix decay_;
};

}  // namespace redfield
