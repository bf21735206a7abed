#pragma once

#include <memory>
#include <vector>

#include "redfield/generator/lambda_form.hpp"

namespace redfield {

namespace generator {
template <class Scalar>
class Kernel;
template <class Scalar>
class GainTerms;
}  // namespace generator

/// A LambdaForm that is applied by products; how its terms are stored chooses the kernel.
class REDFIELD_EXPORT LambdaGenerator : public Generator {
  public:
    /// std::invalid_argument as check() says.
    explicit LambdaGenerator(LambdaForm form);
    ~LambdaGenerator() override;
    LambdaGenerator(LambdaGenerator&&) noexcept;
    LambdaGenerator& operator=(LambdaGenerator&&) = delete;

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    void apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    RealMatrix packed_matrix(linalg::Workspace& ws) const override;
    Dissipator dissipator(linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override;
    std::shared_ptr<const SingleGenerator> single() const override;
    const System* system() const override;
    const equation::PairEquation* pair_equation() const override { return form_.equation.get(); }
    std::shared_ptr<const LambdaForm> form() const override;
    bool conserves_trace() const override { return !form_.is_adjoint; }
    ComplexMatrix decay() const override;

  private:
    struct Lazy;  // made at first use
    bool is_sparse() const { return eigensystem().is_given_basis(); }

    LambdaForm form_;  ///< without dense terms that its pair kernel tells
    std::shared_ptr<const generator::Kernel<double>> kernel_;  ///< 𝓛 + i[H, ·]; of a sparse H, 𝓛
    std::vector<std::shared_ptr<const generator::GainTerms<double>>> gains_;  ///< its gain terms
    bool works_in_given_basis_ = false, terms_left_out_ = false;
    std::unique_ptr<Lazy> lazy_;
};

}  // namespace redfield
