#pragma once

#include <vector>

#include "evolve/runge_kutta.hpp"

namespace redfield::driven {

/// Ã_j(t) = V†A_jV and Λ̃_j(t) = V†Λ_jV in a frame ρ = Vρ̃V† in which nothing moves without baths.
class Turned {
  public:
    virtual ~Turned() = default;
    /// Only [first, last] will be asked for until the next call.
    virtual void keep(double first, double last) = 0;
    virtual void at(double t, std::vector<ComplexMatrix>& couplings,
                    std::vector<ComplexMatrix>& lambdas) const = 0;
};

/// dρ̃/dt = Σ_j [Λ̃_jρ̃, Ã_j†] + h.c.
class Interaction final : public integrators::Picture {
  public:
    Interaction(Turned& turned, double longest, int threads)
        : turned_(turned), longest_(longest), threads_(threads) {}

    /// The equation is smooth between these.
    void within(double first, double last) {
        first_ = first;
        last_ = last;
    }
    void start(double now) override;
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override;
    void leave(double, const RealMatrix& y, RealMatrix& out) override { out = y; }

  private:
    Turned& turned_;
    double longest_, now_ = 0.0, first_ = 0.0, last_ = 0.0;
    int threads_;
    std::vector<ComplexMatrix> couplings_, lambdas_;
};

}  // namespace redfield::driven
