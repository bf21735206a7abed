#pragma once

#include <memory>
#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield {

/// −i[H, ρ] once, and the dissipators of several equations of one H.
class REDFIELD_EXPORT Sum final : public Generator {
  public:
    /// std::invalid_argument if there is none, or their eigensystems differ.
    explicit Sum(std::vector<std::shared_ptr<const Generator>> parts);

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override;
    bool conserves_trace() const override;

  private:
    std::vector<std::shared_ptr<const Generator>> parts_;
};

}  // namespace redfield
