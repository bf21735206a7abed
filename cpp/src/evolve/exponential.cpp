#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "evolve/faber.hpp"
#include "evolve/matrix_exponential.hpp"
#include "evolve/methods.hpp"
#include "linalg/memory.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield::integrators {

namespace {

/// What the method holds at most: 𝓛, its four powers, two sums and the propagator.
double bytes_needed(Index n) { return 8.0 * sizeof(double) * std::pow(static_cast<double>(n), 4.0); }

bool same_step(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(a, b); }

Index distinct_steps(const std::vector<double>& times) {
    Index distinct = 0;
    double previous = -1.0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const double dt = times[i] - times[i - 1];
        if (!same_step(dt, previous)) ++distinct;
        previous = dt;
    }
    return distinct;
}

}  // namespace

bool exponential_pays_off(const Generator& generator, const std::vector<double>& times) {
    const auto n = static_cast<double>(generator.dimension());
    if (n > 32.0) return false;
    const SpectralBounds bounds = generator.bounds();
    const double span = times.back() - times.front(), outputs = static_cast<double>(times.size());
    const double size = n * n;
    // Nanoseconds of one core of 2025 (bench/test_evolve.py); their ratios are what matters.
    const double application = 600.0 + 0.7 * n * size;
    const double product = 0.055 * size * size * size, output = 50.0 + 0.065 * size * size;
    const double expansion = Ellipse::around(bounds, span, 10.0).terms(span) * application;
    const double step = span / std::max(1.0, outputs - 1.0);
    const double norm = std::hypot(bounds.half_height, bounds.decay) * step / exponential_radius;
    const double products = 6.0 + std::log2(std::max(1.0, norm));
    const double steps = static_cast<double>(distinct_steps(times));
    return size * application + steps * products * product + outputs * output < expansion;
}

void exponential(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, const Observe& observe, EvolveStats& stats) {
    linalg::require_bytes(bytes_needed(generator.dimension()), options.max_bytes,
                          "use method \"chebyshev\"", "evolve: method \"exponential\" with ",
                          generator.dimension(), " levels");
    linalg::Workspace ws(1);
    const RealMatrix dense = generator.packed_matrix(ws);
    stats.applications += dense.cols();
    RealMatrix state = rho0, propagator;
    Eigen::Map<RealVector> vector(state.data(), state.size());
    RealVector moved(state.size());
    double known = -1.0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        linalg::poll(static_cast<double>(i) / static_cast<double>(times.size()));
        const double dt = times[i] - times[i - 1];
        if (!same_step(dt, known)) {
            propagator = matrix_exponential(dense * dt);
            if (!propagator.allFinite())
                throw ConvergenceError(
                    "evolve: the exponential overflows; shorten the times or check the units");
            known = dt;
        }
        moved.noalias() = propagator * vector;
        vector = moved;
        observe(static_cast<Index>(i), state);
        ++stats.steps;
    }
}

}  // namespace redfield::integrators
