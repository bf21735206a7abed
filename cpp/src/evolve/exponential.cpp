#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

#include "redfield/evolve/methods.hpp"

namespace redfield::integrators {

namespace {

/// 𝓛 as a real N²×N² matrix on packed states.
RealMatrix dense_generator(const Generator& generator, EvolveStats& stats, const Progress& progress) {
    const Index n = generator.dimension(), size = n * n;
    linalg::Workspace ws(1);
    RealMatrix dense(size, size), unit = RealMatrix::Zero(n, n);
    for (Index i = 0; i < size; ++i) {
        if (i % n == 0) progress(-1.0);
        unit.data()[i] = 1.0;
        generator.apply(unit, Eigen::Map<RealMatrix>(dense.col(i).data(), n, n), ws);
        unit.data()[i] = 0.0;
        ++stats.applications;
    }
    return dense;
}

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
    const double span = times.back() - times.front();
    // Operations, a call's own cost of about 10⁴ included.
    const double application = 22.0 * n * n * n + 1e4;
    const double expansion =
        (std::max(bounds.half_height, 0.5 * bounds.decay) * span + 40.0) * application;
    const double squarings = std::max(
        0.0, std::log2(std::max(1.0, bounds.half_height * span / static_cast<double>(times.size()))));
    const double dense =
        n * n * application +
        static_cast<double>(distinct_steps(times)) * (16.0 + 2.0 * squarings) * std::pow(n, 6.0) +
        2.0 * static_cast<double>(times.size()) * std::pow(n, 4.0);
    return dense < expansion;
}

void exponential(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, const Observer& observe, EvolveStats& stats) {
    const Progress progress(options);
    const RealMatrix dense = dense_generator(generator, stats, progress);
    RealMatrix state = rho0, propagator;
    Eigen::Map<RealVector> vector(state.data(), state.size());
    RealVector moved(state.size());
    double known = -1.0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        progress(static_cast<double>(i) / static_cast<double>(times.size()));
        const double dt = times[i] - times[i - 1];
        if (!same_step(dt, known)) {
            propagator = (dense * dt).exp();
            known = dt;
        }
        moved.noalias() = propagator * vector;
        vector = moved;
        observe(static_cast<Index>(i), state);
        ++stats.steps;
    }
}

}  // namespace redfield::integrators
