#include "floquet/steady_states.hpp"

#include <algorithm>
#include <cmath>

#include "base/epsilon.hpp"
#include "equation/stationary.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/null_space.hpp"

namespace redfield::floquet {

using integrators::SecularBlocks;

namespace {

/// Rates below this part of the fastest one are indistinguishable from zero.
constexpr double still = 16.0 * base::epsilon;
/// Rates |A|² below this part of the fastest one are zero: their matrix elements A are rounding.
constexpr double unjoined = 16.0 * base::epsilon * base::epsilon;

double least_rate(const SecularBlocks& blocks) { return unjoined * blocks.rates().cwiseAbs().maxCoeff(); }

/// The size of a rate that is zero.
double zero(const SecularBlocks& blocks) {
    const double fastest =
        std::max(blocks.rates().cwiseAbs().maxCoeff(), blocks.coherences().cwiseAbs().maxCoeff());
    return still * static_cast<double>(blocks.dimension()) * fastest;
}

/// Whether nothing moves a coherence that nothing links.
bool stays(const SecularBlocks& blocks, Index k, Index l) {
    // A coherence decays at least at half the rates that its two populations do.
    const RealMatrix& rates = blocks.rates();
    return std::abs(blocks.coherences()(k, l)) <= zero(blocks) &&
           -rates(k, k) - rates(l, l) <= least_rate(blocks);
}

/// The packed states in blocks that the blocks' matrices send to zero.
std::vector<ComplexMatrix> of_blocks(const SecularBlocks& blocks) {
    const Index n = blocks.dimension();
    const std::vector<RealMatrix> matrices = blocks.matrices();
    std::vector<ComplexMatrix> out;
    for (std::size_t b = 0; b < matrices.size(); ++b) {
        const RealMatrix found = steady::null_space(matrices[b], zero(blocks));
        // The basis of a block without populations has at least one vector, null or not.
        if (b != 0 && found.cols() == 1 && (matrices[b] * found.col(0)).norm() > 10.0 * zero(blocks))
            continue;
        const std::vector<Index>& elements = blocks.blocks()[b].elements;
        for (Index c = 0; c < found.cols(); ++c) {
            RealMatrix packed = RealMatrix::Zero(n, n);
            for (std::size_t e = 0; e < elements.size(); ++e)
                packed.data()[elements[e]] = found(static_cast<Index>(e), c);
            out.push_back(unpack(packed));
        }
    }
    return out;
}

std::vector<ComplexMatrix> of_populations(const SecularBlocks& blocks) {
    const double least = least_rate(blocks);
    const RealMatrix rates =
        blocks.rates().unaryExpr([least](double rate) { return rate > least ? rate : 0.0; });
    const RealMatrix populations = equation::stationary(rates).distributions;
    std::vector<ComplexMatrix> out;
    for (Index c = 0; c < populations.cols(); ++c)
        out.push_back(ComplexMatrix(populations.col(c).normalized().cast<Complex>().asDiagonal()));
    return out;
}

}  // namespace

std::vector<ComplexMatrix> steady_states(const SecularBlocks& blocks) {
    const Index n = blocks.dimension();
    std::vector<ComplexMatrix> out = blocks.linked() ? of_blocks(blocks) : of_populations(blocks);
    for (const Index e : blocks.alone()) {
        const Index k = e % n, l = e / n;
        if (!stays(blocks, k, l)) continue;
        for (const Complex factor : {Complex(1.0), Complex(0.0, 1.0)}) {
            ComplexMatrix x = ComplexMatrix::Zero(n, n);
            x(k, l) = factor * std::sqrt(0.5);
            x(l, k) = std::conj(x(k, l));
            out.push_back(std::move(x));
        }
    }
    return out;
}

}  // namespace redfield::floquet
