#pragma once

#include <memory>

#include "redfield/generator/generator.hpp"
#include "redfield/system/system.hpp"

namespace redfield {

namespace generator {
class Kernel;
}

/// Redfield's master equation, applied without ever forming its tensor:
///   ρ̇ = −i[H, ρ] + Σ_j ( Λ_jρA_j† + A_jρΛ_j† − A_j†Λ_jρ − ρΛ_j†A_j ),
///   (Λ_j)_kl = Γ_j(E_l − E_k)(A_j)_kl   (arXiv:2507.10080, Eqs. 9, 18 and 19).
/// O(N³) time and O(N²) memory for site projectors; O(K N³) for K other couplings.
class REDFIELD_EXPORT Redfield final : public Generator {
  public:
    /// Without the Lamb shift the imaginary part η of Γ is left out.
    explicit Redfield(System system, bool lamb_shift = true);
    ~Redfield() override;
    Redfield(Redfield&&) noexcept;
    Redfield& operator=(Redfield&&) = delete;

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override { return bounds_; }

  protected:
    void apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;

  private:
    struct Lazy;  // the kernel for the given basis, built at its first use
    System system_;
    bool lamb_shift_;
    SpectralBounds bounds_;
    std::unique_ptr<generator::Kernel> kernel_;
    std::unique_ptr<Lazy> given_;
};

}  // namespace redfield
