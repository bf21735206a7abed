#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "evolve/runge_kutta.hpp"
#include "redfield/driven/resolution.hpp"

namespace redfield::driven {

/// Interaction-picture operators Ã_j(t) = V†A_jV and Λ̃_j(t) = V†Λ_jV, in a frame ρ = Vρ̃V† in which
/// nothing moves without baths.
class InteractionOperators {
  public:
    virtual ~InteractionOperators() = default;
    /// Only [first, last] will be asked for until the next call.
    virtual void keep(double first, double last) = 0;
    virtual void at(double t, std::vector<ComplexMatrix>& couplings,
                    std::vector<ComplexMatrix>& lambdas) const = 0;
};

/// An equation in an interaction picture that stays the same from step to step.
class InteractionPicture : public integrators::StepEquation {
  public:
    explicit InteractionPicture(double longest) : longest_(longest) {}

    void enter(double first, double last) override {
        first_ = first;
        last_ = last;
    }
    double first_step() const final { return 0.1 * longest(first_); }
    double longest(double) const override { return longest_; }
    void start(double now) override { now_ = now; }
    void leave(double, const RealMatrix& y, RealMatrix& out) final { out = y; }

  protected:
    double longest_, now_ = 0.0;
    double first_ = 0.0, last_ = 0.0;  ///< the equation is smooth between these
};

/// dρ̃/dt = Σ_j [Λ̃_jρ̃, Ã_j†] + h.c.
class InteractionEquation final : public InteractionPicture {
  public:
    /// Steps are at most `longest`, and resolve the intervals on which the operators are smooth.
    InteractionEquation(InteractionOperators& operators, double longest, int threads,
                        Resolution resolution = {})
        : InteractionPicture(longest),
          operators_(operators),
          threads_(threads),
          resolution_(std::move(resolution)) {}

    double longest(double t) const override { return std::min(longest_, resolution_.longest(t)); }
    void start(double now) override;
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override;

  private:
    InteractionOperators& operators_;
    int threads_;
    Resolution resolution_;
    std::vector<ComplexMatrix> couplings_, lambdas_;
};

}  // namespace redfield::driven
