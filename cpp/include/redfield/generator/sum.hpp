#pragma once

#include <memory>
#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield {

class SparseGenerator;

/// −i[H, ρ] once, and the dissipators of several equations of one H.
class REDFIELD_EXPORT Sum final : public Generator {
  public:
    /// std::invalid_argument if there is none, one is null, or their Hamiltonians differ: their
    /// eigensystems or, of SparseGenerators and sums of them, hamiltonian().
    explicit Sum(std::vector<std::shared_ptr<const Generator>> parts);
    ~Sum() override;
    Sum(Sum&&) noexcept;

    const std::vector<std::shared_ptr<const Generator>>& parts() const { return parts_; }

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override;
    bool conserves_trace() const override;
    /// H in the basis it was given in where the parts are SparseGenerators, else null.
    const SparseMatrix* hamiltonian() const;

  private:
    std::vector<std::shared_ptr<const Generator>> parts_;
    std::shared_ptr<const SparseGenerator> rotation_;  ///< −i[H, ρ] of the parts with an H of their own
    double repeated_ = 0.0;                            ///< how often they hold it too many
};

}  // namespace redfield
