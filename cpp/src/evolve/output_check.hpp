#pragma once

#include "redfield/base/types.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// A tolerance below this part of ‖ρ‖₁ stands for it where errors of rounding are judged: no method in
/// double precision is better over a whole evolution.
constexpr double rounding_floor = 1e-12;

/// rtol‖ρ‖₁ + atol as a trace norm, with the lower bound max(‖ρ‖_F, |tr ρ|) in place of ‖ρ‖₁.
double allowed_error(const RealMatrix& packed, double rtol, double atol);
inline double allowed_error(const RealMatrix& packed, const IntegrationOptions& options) {
    return allowed_error(packed, options.rtol, options.atol);
}

/// Judges every output before it leaves the core: it is finite, and where the equation conserves the
/// trace its trace is that of the initial state within the tolerance of the larger of both states.
class OutputCheck {
  public:
    OutputCheck(const RealMatrix& rho0, const IntegrationOptions& options, bool conserves_trace);
    /// ConvergenceError with the time's index and what to change.
    void operator()(Index i, const RealMatrix& rho) const;

  private:
    double trace_;
    IntegrationOptions options_;
    double tolerance_;
    bool conserves_trace_;
};

/// ConvergenceError where `error`, the change of the state at times[i] by rounding, passes `tolerance`.
void require_digits(Index i, double error, double tolerance);

/// ConvergenceError where the phases of coherences of norm `rotating` are lost after a time t: energies
/// known to ε max|E| give phases to ε max|E| t.
void require_phases(Index i, double rotating, double largest_energy, double elapsed, double tolerance);

}  // namespace redfield::integrators
