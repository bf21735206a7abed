#include "steady/projection.hpp"

#include <cmath>
#include <limits>

#include "linalg/epsilon.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield::steady {

namespace {

using linalg::epsilon;
constexpr double first_shift = 0.1, fall = 0.1;  // σ of the dissipative scale, and from step to step
constexpr int steps = 14, repeats = 12;
constexpr int patience = 3;        // falls of σ that may gain nothing
constexpr double outside = 1e-11;  // what may be left outside the null space, of ‖x‖
constexpr double pays_off = 0.2;   // what a repetition leaves of that, where σ need not fall
constexpr double usable = 1e-6;

RealVector inside(const std::vector<RealVector>& basis, const RealVector& x) {
    RealVector out = RealVector::Zero(x.size());
    for (const RealVector& v : basis) out += v.dot(x) * v;
    return out;
}

}  // namespace

Projected projected(Bordered& system, const std::function<ShiftedSolver(double sigma)>& shifted,
                    const std::vector<RealVector>& basis, RealVector x) {
    const double trace = system.map().trace(x);
    double sigma = first_shift * system.weight(), rest = 1.0, noise = 0.0;
    int idle = 0;
    for (int step = 0; step < steps && rest > outside && idle < patience; ++step, sigma *= fall) {
        const ShiftedSolver solve = shifted(sigma);
        const double before = rest;
        for (int i = 0; i < repeats && rest > outside; ++i) {
            const Solution solution = solve(sigma * x.cwiseQuotient(system.scale()));
            if (!solution.x.allFinite() || !(solution.residual < 1e-6))
                throw ConvergenceError(
                    "steady_state: the resolvent of rho0 does not converge; evolve it for a long time");
            const double left =
                (solution.x - inside(basis, solution.x)).norm() / std::max(solution.x.norm(), 1e-300);
            if (rest < usable && left > 0.5 * rest) break;  // rounding is all there is to gain
            const bool more = left <= pays_off * rest;
            x = solution.x;
            rest = left;
            noise += (solution.residual + epsilon) * system.weight() / sigma;
            if (!more) break;
        }
        idle = rest > 0.1 * before ? idle + 1 : 0;
        if (rest < usable && idle > 0) break;
    }
    if (!(rest < usable))
        throw ConvergenceError(
            "steady_state: something of rho0 decays too slowly to be told from a steady state; evolve it "
            "for a long time");
    RealVector out = inside(basis, x);
    const double kept = system.map().trace(out);
    if (std::abs(kept) > 0.5 * std::abs(trace) && trace != 0.0) out *= trace / kept;
    const auto n = static_cast<double>(system.map().levels());
    return {out, std::sqrt(n) * out.norm() * (10.0 * rest + noise)};
}

}  // namespace redfield::steady
