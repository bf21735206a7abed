#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "evolve/faber.hpp"
#include "evolve/methods.hpp"
#include "linalg/memory.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield::integrators {

namespace {

/// What the method holds at most: 𝓛, its four powers, two sums and the propagator.
double bytes_needed(Index n) { return 8.0 * sizeof(double) * std::pow(static_cast<double>(n), 4.0); }

/// a·b, in pieces between which a stop is noticed.
void multiply(const RealMatrix& a, const RealMatrix& b, RealMatrix& out) {
    out.resize(a.rows(), b.cols());
    const Index piece = std::max<Index>(1, 200'000'000 / std::max<Index>(1, a.rows() * a.cols()));
    for (Index first = 0; first < b.cols(); first += piece) {
        linalg::poll();
        const Index count = std::min(piece, b.cols() - first);
        out.middleCols(first, count).noalias() = a * b.middleCols(first, count);
    }
}

/// Of ‖A‖₂, where the backward error of a Taylor polynomial of degree 16 is below 2⁻⁵³.
constexpr double radius = 0.78;

/// e^A by scaling, a Taylor polynomial of degree 16 in six products (Paterson & Stockmeyer 1973) and
/// squaring. On these matrices, −iω∘ρ plus a small rest, it needs half the time of a Padé approximant,
/// whose linear solve is slower than the products it saves.
RealMatrix matrix_exponential(const RealMatrix& matrix) {
    const double one = matrix.cwiseAbs().colwise().sum().maxCoeff();
    const double infinity = matrix.cwiseAbs().rowwise().sum().maxCoeff();
    const double norm = std::sqrt(one * infinity);  // ≥ ‖A‖₂
    const int squarings = norm > radius ? static_cast<int>(std::ceil(std::log2(norm / radius))) : 0;
    const RealMatrix a = std::ldexp(1.0, -squarings) * matrix;
    RealMatrix a2, a3, a4;
    multiply(a, a, a2);
    multiply(a2, a, a3);
    multiply(a2, a2, a4);
    std::array<double, 17> c{1.0};
    for (std::size_t k = 1; k < c.size(); ++k) c[k] = c[k - 1] / static_cast<double>(k);
    RealMatrix sum = c[16] * a4, next;
    for (std::size_t block = 4; block-- > 0;) {
        const std::size_t k = 4 * block;
        sum += c[k + 1] * a + c[k + 2] * a2 + c[k + 3] * a3;
        sum.diagonal().array() += c[k];
        if (block == 0) break;
        multiply(sum, a4, next);
        sum.swap(next);
    }
    for (int i = 0; i < squarings; ++i) {
        multiply(sum, sum, next);
        sum.swap(next);
    }
    return sum;
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
    const double span = times.back() - times.front(), outputs = static_cast<double>(times.size());
    const double size = n * n;
    // Nanoseconds of one core of 2025 (bench/test_evolve.py); their ratios are what matters.
    const double application = 600.0 + 0.7 * n * size;
    const double product = 0.055 * size * size * size, output = 50.0 + 0.065 * size * size;
    const double expansion = Ellipse::around(bounds, span, 10.0).terms(span) * application;
    const double step = span / std::max(1.0, outputs - 1.0);
    const double norm = std::hypot(bounds.half_height, bounds.decay) * step / radius;
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
