#include "evolve/frequency_blocks.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/epsilon.hpp"
#include "evolve/matrix_exponential.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::integrators {

namespace {

using base::epsilon;

/// Blocks are cut where frequencies are at least so many ‖D‖₁ apart at first; more where that is too
/// close for the iteration.
constexpr double first_width = 8.0, wider = 4.0;
constexpr int most_iterations = 80, settling = 4;

/// ±1, without pattern.
double sign_of(Index row, Index column) {
    auto x = static_cast<std::uint64_t>(row) * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(column);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return ((x >> 31) & 1U) != 0U ? 1.0 : -1.0;
}

}  // namespace

void FrequencyBlocks::order(const RealVector& energies, double ripple) {
    n_ = energies.size();
    element_.resize(static_cast<std::size_t>(n_ * n_));
    std::iota(element_.begin(), element_.end(), Index{0});
    const auto frequency = [&](Index e) { return energies[e % n_] - energies[e / n_]; };
    std::stable_sort(element_.begin(), element_.end(),
                     [&](Index a, Index b) { return frequency(a) < frequency(b); });
    frequency_.clear();
    const double change = ripple * energies.cwiseAbs().maxCoeff();
    for (const Index e : element_) {
        const Index k = e % n_, l = e / n_;
        frequency_.push_back(frequency(e) +
                             (k == l ? 0.0 : change * (k < l ? 1.0 : -1.0) * sign_of(k + l, 0)));
    }
}

void FrequencyBlocks::cut(double width) {
    blocks_.clear();
    const std::size_t size = element_.size();
    for (std::size_t first = 0, i = 1; i <= size; ++i) {
        if (i < size && frequency_[i] - frequency_[i - 1] <= width) continue;
        Block block{static_cast<Index>(first), static_cast<Index>(i - first), 0.0, {}, {}};
        for (std::size_t p = first; p < i; ++p)
            if (element_[p] % (n_ + 1) == 0) block.conserved.push_back(static_cast<Index>(p - first));
        // Populations rest; others turn with the mean of their frequencies.
        if (block.conserved.empty())
            block.frequency =
                frequency_[first] +
                std::accumulate(frequency_.begin() + static_cast<std::ptrdiff_t>(first),
                                frequency_.begin() + static_cast<std::ptrdiff_t>(i), 0.0,
                                [&](double sum, double w) { return sum + (w - frequency_[first]); }) /
                    static_cast<double>(i - first);
        if (!conserve_) block.conserved.clear();
        blocks_.push_back(std::move(block));
        first = i;
    }
}

bool FrequencyBlocks::decouple(const ComplexMatrix& d) {
    const Index size = d.rows();
    ComplexMatrix x = ComplexMatrix::Zero(size, size), ds = d, next(size, size);
    double before = std::numeric_limits<double>::infinity();
    int after = 0;
    for (int iteration = 0;; ++iteration) {
        base::poll();
        double change = 0.0, largest = 0.0;
        for (const Block& c : blocks_) {
            auto column = next.middleCols(c.first, c.size);
            column.noalias() = x.middleCols(c.first, c.size) * ds.block(c.first, c.first, c.size, c.size);
            column -= ds.middleCols(c.first, c.size);
            for (Index q = c.first; q < c.first + c.size; ++q)
                for (Index p = 0; p < size; ++p) {
                    if (p == c.first) p += c.size;  // inside the block X is zero
                    if (p >= size) break;
                    const double gap =
                        frequency_[static_cast<std::size_t>(p)] - frequency_[static_cast<std::size_t>(q)];
                    next(p, q) *= Complex(0.0, 1.0 / gap);
                    change = std::max(change, std::abs(next(p, q) - x(p, q)));
                    largest = std::max(largest, std::abs(next(p, q)));
                }
            next.block(c.first, c.first, c.size, c.size).setZero();
        }
        x.swap(next);
        if (!(largest < 0.5)) return false;
        // Small entries have their digits a little later than the largest.
        const bool settled = change <= 4.0 * epsilon * largest ||
                             (change >= 0.5 * before && change <= 64.0 * epsilon * largest);
        if (settled && ++after == settling) break;
        if (iteration == most_iterations) return false;
        before = change;
        ds = d;
        ds.noalias() += d * x;
    }
    ds = d;
    ds.noalias() += d * x;
    for (Block& c : blocks_) {
        c.matrix = ds.block(c.first, c.first, c.size, c.size);
        conserve_sum(c.matrix, c.conserved, 0.0);
        for (Index p = 0; p < c.size; ++p)
            c.matrix(p, p) -=
                Complex(0.0, frequency_[static_cast<std::size_t>(c.first + p)] - c.frequency);
    }
    if (x.cwiseAbs().maxCoeff() == 0.0) return true;
    transform_ = x;
    transform_.diagonal().array() += 1.0;
    inverse_ = transform_.inverse();
    return true;
}

FrequencyBlocks::FrequencyBlocks(const RealVector& energies, ComplexMatrix dissipator, bool conserve,
                                 double ripple)
    : n_(0), conserve_(conserve) {
    order(energies, ripple);
    const Index size = dissipator.rows();
    ComplexMatrix d(size, size);
    for (Index q = 0; q < size; ++q)
        for (Index p = 0; p < size; ++p)
            d(p, q) =
                dissipator(element_[static_cast<std::size_t>(p)], element_[static_cast<std::size_t>(q)]) *
                (1.0 + ripple * sign_of(p, q));
    if (conserve) {
        std::vector<Index> populations;
        for (Index p = 0; p < size; ++p)
            if (element_[static_cast<std::size_t>(p)] % (n_ + 1) == 0) populations.push_back(p);
        // Each loss is minus the sum of its gains, to the last digit of the smallest.
        for (const Index q : populations) {
            Complex gains = 0.0;
            for (const Index p : populations)
                if (p != q) gains += d(p, q);
            d(q, q) = -gains;
        }
        conserve_sum(d, populations, 0.0);
    }
    const double norm = d.cwiseAbs().colwise().sum().maxCoeff();
    double width = first_width * norm;
    for (cut(width); !whole() && !decouple(d); cut(width)) width *= wider;
    if (whole()) {
        blocks_.front().matrix = d;
        for (Index p = 0; p < size; ++p)
            blocks_.front().matrix(p, p) -= Complex(0.0, frequency_[static_cast<std::size_t>(p)]);
    }
}

std::vector<Eigen::VectorXcd> FrequencyBlocks::into(const RealMatrix& packed) const {
    const ComplexMatrix rho = unpack(packed);
    Eigen::VectorXcd whole(rho.size());
    for (Index p = 0; p < rho.size(); ++p) whole[p] = rho.data()[element_[static_cast<std::size_t>(p)]];
    if (inverse_.size() != 0) whole = (inverse_ * whole).eval();
    std::vector<Eigen::VectorXcd> parts;
    for (const Block& c : blocks_) parts.emplace_back(whole.segment(c.first, c.size));
    return parts;
}

RealMatrix FrequencyBlocks::out_of(const std::vector<Eigen::VectorXcd>& parts, double elapsed) const {
    Eigen::VectorXcd whole(n_ * n_);
    for (std::size_t c = 0; c < blocks_.size(); ++c) {
        const double angle = blocks_[c].frequency * elapsed;
        whole.segment(blocks_[c].first, blocks_[c].size) =
            std::polar(1.0, std::isfinite(angle) ? -angle : 0.0) * parts[c];
    }
    if (transform_.size() != 0) whole = (transform_ * whole).eval();
    ComplexMatrix rho(n_, n_);
    for (Index p = 0; p < rho.size(); ++p) rho.data()[element_[static_cast<std::size_t>(p)]] = whole[p];
    return pack(rho);
}

std::vector<ComplexMatrix> FrequencyBlocks::exponentials(double dt, int extra) const {
    std::vector<ComplexMatrix> out;
    for (const Block& c : blocks_) {
        base::poll();
        out.push_back(matrix_exponential<Complex>(c.matrix * dt, c.conserved, extra));
    }
    return out;
}

void FrequencyBlocks::advance(const std::vector<ComplexMatrix>& exponentials,
                              std::vector<Eigen::VectorXcd>& parts) const {
    for (std::size_t c = 0; c < blocks_.size(); ++c) parts[c] = (exponentials[c] * parts[c]).eval();
}

double FrequencyBlocks::rotating_norm(const std::vector<Eigen::VectorXcd>& parts) const {
    double sum = 0.0;
    for (std::size_t c = 0; c < blocks_.size(); ++c)
        if (blocks_[c].frequency != 0.0) sum += parts[c].squaredNorm();
    return std::sqrt(sum);
}

}  // namespace redfield::integrators
