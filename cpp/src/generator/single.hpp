#pragma once

#include <utility>

#include "generator/pump.hpp"
#include "generator/rotation.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::generator {

/// A dissipator in the eigenbasis, and the rotation.
class SingleInEigenbasis final : public SingleGenerator {
  public:
    SingleInEigenbasis(const Form& dissipator, RealVector energies)
        : dissipator_{dissipator.pump->single(), linalg::BasicFactor<float>(dissipator.minus_decay)},
          energies_(std::move(energies)) {}
    Frame frame() const override { return Frame::eigenbasis; }
    void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
               linalg::BasicWorkspace<float>& ws) const override {
        dissipator_.apply(rho, out, ws);
        subtract_rotation<float>(energies_, rho, out, ws.threads());
    }

  private:
    BasicForm<float> dissipator_;
    RealVector energies_;
};

/// The whole of 𝓛 in the basis H was given in.
class SingleInGivenBasis final : public SingleGenerator {
  public:
    SingleInGivenBasis(const Pump& pump, const ComplexMatrix& minus_decay)
        : whole_{pump.single(), linalg::BasicFactor<float>(minus_decay)} {}
    Frame frame() const override { return Frame::given; }
    void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
               linalg::BasicWorkspace<float>& ws) const override {
        whole_.apply(rho, out, ws);
    }

  private:
    BasicForm<float> whole_;
};

}  // namespace redfield::generator
