#pragma once

#include <algorithm>
#include <tuple>

#include "evolve/runge_kutta.hpp"
#include "redfield/driven/resolution.hpp"

namespace redfield::driven {

/// The Schrödinger picture: ρ itself, and 𝓛 of the moment.
class SchroedingerPicture : public integrators::StepEquation {
  public:
    SchroedingerPicture(const Resolution& resolution, double max_step)
        : resolution_(resolution), max_step_(max_step) {}

    /// 𝓛 is smooth between the ends, near which it may have the value of the other side.
    void enter(double first, double last) final {
        std::tie(first_, last_) = resolution_.clear_of_jumps(first, last);
    }
    double first_step() const final { return 0.1 / rate_; }
    double longest(double t) const final { return std::min(max_step_, resolution_.longest(t)); }
    void start(double now) final { now_ = now; }
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) final {
        apply(std::clamp(now_ + tau, first_, last_), y, out);
    }
    void leave(double, const RealMatrix& y, RealMatrix& out) final { out = y; }

  protected:
    virtual void apply(double t, const RealMatrix& y, RealMatrix& out) = 0;

    double rate_ = 1e-300;  ///< about ‖𝓛‖ at the beginning

  private:
    const Resolution& resolution_;
    double max_step_, now_ = 0.0, first_ = 0.0, last_ = 0.0;
};

}  // namespace redfield::driven
