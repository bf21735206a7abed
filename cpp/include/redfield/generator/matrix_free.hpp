#pragma once

#include <memory>

#include "redfield/equation/pair_kernel.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

namespace generator {
template <class Scalar>
class BasicPump;
template <class Scalar>
struct BasicForm;
using Pump = BasicPump<double>;
using Form = BasicForm<double>;
}  // namespace generator

/// An equation  ρ̇ = −i[H, ρ] + F + F†,  F = Σ_j Λ_jρB_j† − Kρ,  whose F is computed by products.
class REDFIELD_EXPORT MatrixFree : public Generator {
  public:
    /// std::invalid_argument where the kernel is not separable.
    explicit MatrixFree(equation::PairEquation equation);
    ~MatrixFree() override;
    MatrixFree(MatrixFree&&) noexcept;
    MatrixFree& operator=(MatrixFree&&) = delete;

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    void apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    RealMatrix packed_matrix(linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override;
    std::shared_ptr<const SingleGenerator> single() const override;
    const System* system() const override { return &system_; }
    const equation::PairEquation* pair_equation() const override { return equation_.get(); }

  protected:
    /// A pump of one's own, and K in the eigenbasis.
    MatrixFree(System system, std::shared_ptr<const generator::Pump> pump, const ComplexMatrix& decay);

  private:
    struct Whole;   // 𝓛 in the given basis, made at its first use
    struct Bounds;  // the same of the spectral bounds, which a generator of one moment does not need
    void set(std::shared_ptr<const generator::Pump> pump, const ComplexMatrix& decay);
    /// −K − i(H − shift) in the given basis.
    ComplexMatrix minus_whole_decay(double shift) const;

    System system_;
    std::unique_ptr<const equation::PairEquation> equation_;  ///< null with a pump of one's own
    std::unique_ptr<const generator::Form> dissipator_;
    std::unique_ptr<Bounds> bounds_;
    std::unique_ptr<Whole> whole_;  ///< null where the given basis has no pump
};

}  // namespace redfield
