#pragma once

#include <memory>
#include <utility>

#include "generator/kernel.hpp"
#include "generator/rotation.hpp"

namespace redfield::generator {

/// 𝓛 in single precision by a kernel: all of it in the basis H was given in, or a dissipator in the
/// eigenbasis and the rotation.
class Single final : public SingleGenerator {
  public:
    using Applied = std::shared_ptr<const Kernel<float>>;
    explicit Single(Applied whole) : kernel_(std::move(whole)) {}
    Single(Applied dissipator, RealVector energies)
        : kernel_(std::move(dissipator)), energies_(std::move(energies)) {}

    Frame frame() const override { return energies_.size() == 0 ? Frame::given : Frame::eigenbasis; }
    void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
               linalg::BasicWorkspace<float>& ws) const override {
        kernel_->apply(rho, out, ws);
        if (energies_.size() != 0) subtract_rotation<float>(energies_, rho, out, ws.threads());
    }

  private:
    Applied kernel_;
    RealVector energies_;
};

}  // namespace redfield::generator
