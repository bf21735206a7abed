#include "evolve/output_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "redfield/base/errors.hpp"

namespace redfield::integrators {

double allowed_error(const RealMatrix& packed, double rtol, double atol) {
    return atol + rtol * std::max(packed.norm(), std::abs(packed.trace()));
}

OutputCheck::OutputCheck(const RealMatrix& rho0, const IntegrationOptions& options, bool conserves_trace)
    : trace_(rho0.trace()),
      options_(options),
      // Single precision is for the tolerances that check_single accepts.
      tolerance_(std::max(allowed_error(rho0, options), rounding_floor * rho0.norm())),
      conserves_trace_(conserves_trace) {}

void OutputCheck::operator()(Index i, const RealMatrix& rho) const {
    if (!rho.allFinite())
        throw ConvergenceError("evolve: the solution is not finite at times[" + std::to_string(i) +
                               "]; check the units of the Hamiltonian, the rates and the times");
    if (!conserves_trace_) return;
    const double drift = std::abs(rho.trace() - trace_);
    // A solution that grows, as Redfield's may where it does not hold, is known relative to its size.
    if (drift <= std::max({tolerance_, allowed_error(rho, options_), rounding_floor * rho.norm()}))
        return;
    std::ostringstream text;
    text << "evolve: rounding has moved the trace by " << drift << " at times[" << i
         << "], more than rtol and atol allow; shorten the times or loosen the tolerances";
    throw ConvergenceError(text.str());
}

void require_digits(Index i, double error, double tolerance) {
    if (error <= tolerance) return;
    std::ostringstream text;
    text
        << "evolve: rounding changes the state at times[" << i << "] by about " << error
        << " in trace norm, more than the " << tolerance
        << " that rtol and atol allow: the slowest rates are lost beside the fastest; shorten the times, "
           "loosen the tolerances, or ask for the steady state";
    throw ConvergenceError(text.str());
}

void require_phases(Index i, double rotating, double largest_energy, double elapsed, double tolerance) {
    const double error = rotating * std::numeric_limits<double>::epsilon() * largest_energy * elapsed;
    if (error <= tolerance) return;
    std::ostringstream text;
    text << "evolve: after a time of " << elapsed << " the phases of the coherences left at times[" << i
         << "] are not told by energies in double precision, the state by about " << error
         << " in norm only, more than the " << tolerance
         << " that rtol and atol allow; shorten the times, take a mean energy away from H, or loosen the "
            "tolerances";
    throw ConvergenceError(text.str());
}

}  // namespace redfield::integrators
