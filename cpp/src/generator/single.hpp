#pragma once

#include <utility>

#include "generator/rotation.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::generator {

/// The whole of 𝓛 in the basis H was given in, a Map with apply(rho, out, ws).
template <class Map>
class SingleInGivenBasis final : public SingleGenerator {
  public:
    explicit SingleInGivenBasis(Map whole) : whole_(std::move(whole)) {}
    Frame frame() const override { return Frame::given; }
    void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
               linalg::BasicWorkspace<float>& ws) const override {
        whole_.apply(rho, out, ws);
    }

  private:
    Map whole_;
};

/// A dissipator in the eigenbasis, and the rotation.
template <class Map>
class SingleInEigenbasis final : public SingleGenerator {
  public:
    SingleInEigenbasis(Map dissipator, RealVector energies)
        : dissipator_(std::move(dissipator)), energies_(std::move(energies)) {}
    Frame frame() const override { return Frame::eigenbasis; }
    void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
               linalg::BasicWorkspace<float>& ws) const override {
        dissipator_.apply(rho, out, ws);
        subtract_rotation<float>(energies_, rho, out, ws.threads());
    }

  private:
    Map dissipator_;
    RealVector energies_;
};

}  // namespace redfield::generator
