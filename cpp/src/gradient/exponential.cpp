#include "gradient/exponential.hpp"

#include <cmath>

#include "evolve/matrix_exponential.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/evolve/equal_steps.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::gradient {

namespace {

/// Matrix products of one exponential, its squarings included, and products of N×N matrices that one
/// application and its part of the integral take.
constexpr double products_of_exponential = 14.0, products_of_point = 30.0;
/// Nanoseconds beside its products that a point takes.
constexpr double overhead_of_point = 2000.0;

/// The complex matrix Σ vec(ρ) vec(yᵀ)ᵀ of the real Σ r sᵀ of packed ones.
ComplexMatrix on_elements(const RealMatrix& packed, Index n) {
    const Index size = n * n;
    ComplexMatrix half(size, size), out(size, size);
    for (Index c = 0; c < size; ++c) {
        const RealMatrix column = packed.col(c).reshaped(n, n);
        half.col(c) = unpack(column).reshaped();
    }
    for (Index r = 0; r < size; ++r) {
        // y ↦ yᵀ = y* of Hermitian ones.
        const RealMatrix re = half.row(r).real().reshaped(n, n), im = half.row(r).imag().reshaped(n, n);
        out.row(r) =
            (unpack(re).conjugate() + Complex(0.0, 1.0) * unpack(im).conjugate()).reshaped().transpose();
    }
    return out;
}

}  // namespace

bool exponential_is_cheaper(const Generator& generator, const std::vector<double>& times,
                            double max_bytes) {
    const Index n = generator.dimension();
    if (n > most_levels_of_exponential) return false;
    const double size = static_cast<double>(n * n), levels = static_cast<double>(n);
    if (6.0 * 32.0 * size * size > max_bytes) return false;
    const SpectralBounds bounds = generator.bounds();
    const double fastest = std::hypot(bounds.half_height, bounds.decay);
    double dense = 0.0;
    for (const EqualSteps& run : equal_steps(times))
        dense += (products_of_exponential + std::log2(1.0 + fastest * run.length)) * 16.0 * size * size *
                     size +
                 4.0 * size * size * static_cast<double>(run.count);
    const double span = times.back() - times.front();
    const double points = 2.0 * fastest * span + 20.0 * static_cast<double>(times.size());
    const double expanded =
        points * (overhead_of_point + products_of_point * 2.0 * levels * levels * levels);
    return dense < expanded;
}

void by_exponentials(const Generator& generator, Sensitivity& sensitivity, const RealMatrix& start,
                     const std::vector<double>& times, const Visit& visit, RealMatrix& y, int threads) {
    const Index n = generator.dimension(), size = n * n;
    const auto ws = generator.lease(threads);
    const RealMatrix liouvillian = generator.packed_matrix(*ws);
    std::vector<Index> populations;
    for (Index k = 0; k < n && generator.conserves_trace(); ++k) populations.push_back(k * (n + 1));
    const std::vector<EqualSteps> runs = equal_steps(times);
    std::vector<RealMatrix> steps;
    RealMatrix states(size, static_cast<Index>(times.size()));
    states.col(0) = start.reshaped();
    Index at = 0;
    for (const EqualSteps& run : runs) {
        base::poll();
        steps.push_back(integrators::matrix_exponential<double>(run.length * liouvillian, populations));
        for (std::size_t k = 0; k < run.count; ++k, ++at)
            states.col(at + 1).noalias() = steps.back() * states.col(at);
    }
    const auto tell = [&](Index i) {
        const RealMatrix rho = states.col(i).reshaped(n, n);
        visit(static_cast<std::size_t>(i), rho, y);
    };
    tell(at);
    RealMatrix between = RealMatrix::Zero(size, size);
    for (std::size_t r = runs.size(); r-- > 0;) {
        base::poll();
        RealMatrix pairs = RealMatrix::Zero(size, size);
        for (std::size_t k = 0; k < runs[r].count; ++k) {
            --at;
            pairs.noalias() += states.col(at) * y.reshaped().transpose();
            const RealVector before = steps[r].transpose() * y.reshaped();
            y = before.reshaped(n, n);
            tell(at);
        }
        const double length = runs[r].length, weight = pairs.norm();
        if (weight == 0.0 || length == 0.0) continue;
        // e^{h[𝓛 B; 0 𝓛]} has ∫₀ʰ e^{𝓛s} B e^{𝓛(h−s)} ds beside e^{h𝓛}; B is made as large as 𝓛, so that
        // neither sets the number of squarings alone.
        const double scale = std::max(liouvillian.norm(), 1.0 / length) / weight;
        RealMatrix block = RealMatrix::Zero(2 * size, 2 * size);
        block.topLeftCorner(size, size) = length * liouvillian;
        block.bottomRightCorner(size, size) = length * liouvillian;
        block.topRightCorner(size, size) = (length * scale) * pairs;
        const RealMatrix exponential = integrators::matrix_exponential<double>(block);
        between += exponential.topRightCorner(size, size) / scale;
    }
    sensitivity.add(on_elements(between, n));
}

}  // namespace redfield::gradient
