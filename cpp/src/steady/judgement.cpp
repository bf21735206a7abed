#include "steady/judgement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <utility>

#include "base/epsilon.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::steady {

namespace {

using base::epsilon;

/// The change that the rounding of H makes in each element of a state, in units of its rate:
/// ε‖H‖|p_k − p_l|/s.
RealVector noise_of_energies(const Bordered& system, const PackedMap& map, const RealVector& state) {
    const Index n = map.levels();
    RealVector out = RealVector::Zero(state.size());
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            if (k != l)
                out[k + n * l] = map.energy_noise() * std::abs(state[k * (n + 1)] - state[l * (n + 1)]) /
                                 system.scale()[k + n * l];
    return out;
}

}  // namespace

Bordered::Bordered(PackedMap& map)
    : map_(map), weight_(map.rate()), scale_(map.size()), right_(RealVector::Zero(map.size())) {
    for (Index e = 0; e < map.size(); ++e) scale_[e] = std::hypot(map.rotation(e), weight_);
    const Index n = map.levels();
    for (Index k = 0; k < n; ++k) {
        const Index e = k * (n + 1);
        right_[e] = weight_ / static_cast<double>(n) / scale_[e];
    }
}

void Bordered::stationarity(const RealVector& x, RealVector& out) {
    map_(x, out);
    out.array() /= scale_.array();
}

void Bordered::operator()(const RealVector& x, RealVector& out) {
    stationarity(x, out);
    out += map_.trace(x) * right_;
}

Preconditioner Bordered::preconditioner(const Preconditioner& inverse) const {
    const auto scaled = [apply = inverse.apply, scale = scale_](const RealVector& x, RealVector& out) {
        apply(RealVector(x.cwiseProduct(scale)), out);
    };
    return {scaled, inverse.restart};
}

RealMatrix Bordered::scaled(RealMatrix liouvillian) const {
    for (Index c = 0; c < liouvillian.cols(); ++c) liouvillian.col(c).array() /= scale_.array();
    return liouvillian;
}

RealMatrix Bordered::bordered(RealMatrix scaled_liouvillian) const {
    const Index n = map_.levels();
    for (Index l = 0; l < n; ++l) scaled_liouvillian.col(l * (n + 1)) += right_;
    return scaled_liouvillian;
}

Judged judged(Bordered& system, const Solver& solve, double tol) {
    constexpr int improvements = 4, probes = 2;
    // Factor beyond N times the probes' by which a residual may be amplified: few probes underrate it.
    constexpr double residual_safety = 4.0;
    PackedMap& map = system.map();
    const auto n = static_cast<double>(map.levels());
    Solution solution = solve(system.right(), std::min(tol, 1e-6));
    const double trace = map.trace(solution.x);
    if (!solution.x.allFinite() || !(solution.residual < 1e-3) || !(trace > 0.0)) {
        std::ostringstream text;
        text << "steady_state: the linear equation is solved to a relative residual of "
             << solution.residual << " after " << map.applications()
             << " applications; the equation may have no steady state close to Davies'. Try "
                "method=\"direct\", or evolve for a long time";
        throw ConvergenceError(text.str());
    }
    Judged out{solution.x / trace, 0.0, true};

    // A conserved quantity has a share of about 1/N in a random right-hand side.
    const double regular = 1e-4 / n;
    std::mt19937_64 engine(12345);
    double amplification = 0.0;
    for (int i = 0; i < probes && out.unique; ++i) {
        const RealVector y = random_operator(engine, map.size()).normalized();
        const Solution z = solve(y, regular);
        out.unique = z.x.allFinite() && z.residual <= 2.0 * regular;
        amplification = std::max(amplification, z.x.norm());
    }
    RealVector residual;
    const auto compute_residual = [&] {
        system.stationarity(out.state, residual);
        residual = -residual;
        return residual.norm();
    };
    double norm = compute_residual();
    // The worst right-hand side is amplified N times more than a random one.
    for (int i = 0; out.unique && i < improvements; ++i) {
        const double wanted = tol / (residual_safety * std::max(1.0, n * amplification));
        if (norm <= std::max(wanted, epsilon * out.state.norm())) break;
        const Solution more = solve(residual, std::clamp(0.3 * wanted / norm, 1e-8, 0.1));
        if (!more.x.allFinite() || !(more.residual < 0.5)) break;
        const RealVector before = out.state;
        out.state += more.x;
        out.state /= map.trace(out.state);
        const double earlier = norm;
        norm = compute_residual();
        if (norm < 0.5 * earlier) continue;
        if (norm > earlier) out.state = before;
        norm = std::min(norm, earlier);
        break;
    }
    if (!out.unique) {
        out.error = std::numeric_limits<double>::infinity();
        return out;
    }
    // Each row of 𝓛ρ is rounded by about ε of ‖ρ‖; a random vector of that size in every row has √N² of
    // it.
    const double rows = epsilon * out.state.norm() * n;
    double error = 4.0 * amplification * rows + residual_safety * n * amplification * norm;
    const RealVector shaken = noise_of_energies(system, map, out.state);
    if (shaken.norm() * amplification * n > 0.1 * error) {
        RealVector y = random_operator(engine, map.size());
        y = 3.0 * y.cwiseProduct(shaken);
        const Solution z = solve(y, 1e-2);
        error += z.x.allFinite() && z.residual < 0.1 ? z.x.norm() : n * amplification * y.norm();
    }
    out.error = std::sqrt(n) * error;
    return out;
}

}  // namespace redfield::steady
