#pragma once

#include <memory>

#include "redfield/generator/generator.hpp"
#include "redfield/system/system.hpp"

namespace redfield {

namespace generator {
class Kernel;
}

/// An equation  ρ̇ = −i[H, ρ] + F + F†,  F = Σ_j Λ_jρA_j† − Kρ,  whose F a kernel computes by products.
class REDFIELD_EXPORT MatrixFree : public Generator {
  public:
    ~MatrixFree() override;
    MatrixFree(MatrixFree&&) noexcept;
    MatrixFree& operator=(MatrixFree&&) = delete;

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    void apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override { return bounds_; }

  protected:
    explicit MatrixFree(System system);
    /// The kernel, and the bounds that follow from K.
    void set_kernel(std::unique_ptr<generator::Kernel> kernel, const ComplexMatrix& decay);
    const System& system() const { return system_; }
    const generator::Kernel& kernel() const { return *kernel_; }

  private:
    System system_;
    SpectralBounds bounds_{0.0, 0.0};
    std::unique_ptr<generator::Kernel> kernel_;
};

/// The bounds of an equation with pump terms and decay K.
SpectralBounds spectral_bounds(const System& system, const ComplexMatrix& decay);

}  // namespace redfield
