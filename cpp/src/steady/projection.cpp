#include "steady/projection.hpp"

#include <cmath>
#include <limits>

#include "base/epsilon.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::steady {

namespace {

using base::epsilon;
constexpr double first_shift = 0.1, fall = 0.1;  // σ of the dissipative scale, and from step to step
constexpr int steps = 14, repeats = 12;
constexpr int patience = 3;            // falls of σ that may gain nothing
constexpr double max_outside = 1e-11;  // ‖x − VVᵀx‖/‖x‖ at the end, V the basis of the null space
constexpr double pays_off = 0.2;       // its factor by a repetition for which σ need not fall
constexpr double usable = 1e-6;        // beyond which there is no answer

}  // namespace

Projected projected(Bordered& system, const std::function<ShiftedSolver(double sigma)>& shifted,
                    const RealMatrix& basis, RealVector x) {
    const auto inside = [&](const RealVector& v) {
        const RealVector along = basis.transpose() * v;
        return RealVector(basis * along);
    };
    const double trace = system.map().trace(x);
    double sigma = first_shift * system.weight(), outside = 1.0, noise = 0.0;
    int idle = 0;
    for (int step = 0; step < steps && outside > max_outside && idle < patience; ++step, sigma *= fall) {
        const ShiftedSolver solve = shifted(sigma);
        const double before = outside;
        for (int i = 0; i < repeats && outside > max_outside; ++i) {
            const Solution solution = solve(sigma * x.cwiseQuotient(system.scale()));
            if (!solution.x.allFinite() || !(solution.residual < 1e-6))
                throw ConvergenceError(
                    "steady_state: the resolvent of rho0 does not converge; evolve it for a long time");
            const double next =
                (solution.x - inside(solution.x)).norm() / std::max(solution.x.norm(), 1e-300);
            if (outside < usable && next > 0.5 * outside) break;  // rounding is all there is to gain
            const bool more = next <= pays_off * outside;
            x = solution.x;
            outside = next;
            noise += (solution.residual + epsilon) * system.weight() / sigma;
            if (!more) break;
        }
        idle = outside > 0.1 * before ? idle + 1 : 0;
        if (outside < usable && idle > 0) break;
    }
    if (!(outside < usable))
        throw ConvergenceError(
            "steady_state: something of rho0 decays too slowly to be told from a steady state; evolve it "
            "for a long time");
    RealVector out = inside(x);
    const double kept = system.map().trace(out);
    if (std::abs(kept) > 0.5 * std::abs(trace) && trace != 0.0) out *= trace / kept;
    const auto n = static_cast<double>(system.map().levels());
    return {out, std::sqrt(n) * out.norm() * (10.0 * outside + noise)};
}

}  // namespace redfield::steady
