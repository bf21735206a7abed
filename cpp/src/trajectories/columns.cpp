#include "trajectories/columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "evolve/checks.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "trajectories/groups.hpp"

namespace redfield::trajectories {

ComplexMatrix propagated(const Form& form, const ComplexMatrix& x, double tau, double tolerance,
                         int threads) {
    if (tau == 0.0) return x;
    ComplexMatrix out(x.rows(), x.cols());
    constexpr Index width = lanes<double>;
    const Index n = x.rows(), panels = (x.cols() + width - 1) / width;
    // In pieces whose terms fit, and whose growth is bounded.
    const double longest =
        std::min(form.ellipse.longest_step, 12.0 / std::max(form.ellipse.reach(), 1e-300));
    integrators::refuse_hopeless(tau / longest);
    const auto pieces = std::max(1L, static_cast<long>(std::ceil(tau / longest)));
    base::parallel_ranges(threads, panels, [&](Index first, Index count) {
        Expansion<double> expansion(form.drift, form.ellipse);
        Expansion<double>::Weights weights;
        const std::vector<double> coefficients = expansion.coefficients(
            tau / static_cast<double>(pieces), tolerance / static_cast<double>(pieces));
        for (Index l = 0; l < width; ++l) weights.set(l, coefficients);
        Aligned<double> sum(static_cast<std::size_t>(panel_size<double>(n)));
        Eigen::VectorXcd ket(n);
        for (Index p = first; p < first + count; ++p) {
            std::fill(sum.begin(), sum.end(), 0.0);
            const Index columns = std::min(width, x.cols() - p * width);
            for (Index l = 0; l < columns; ++l) put(x.col(p * width + l), sum.data(), n, l);
            for (long k = 0; k < pieces; ++k) {
                base::poll();
                std::copy(sum.begin(), sum.end(), expansion.start());
                expansion.expand(weights.terms());
                expansion.sum(weights, sum.data());
            }
            for (Index l = 0; l < columns; ++l) {
                take(sum.data(), n, l, ket);
                out.col(p * width + l) = ket;
            }
        }
    });
    return out;
}

RealVector survival_of(const Form& form, const Eigen::VectorXcd& ket, const std::vector<double>& times,
                       double least) {
    constexpr double tolerance = 1e-12;
    RealVector out = RealVector::Zero(static_cast<Index>(times.size()));
    ComplexMatrix now = ket / ket.norm();
    double longest = std::numeric_limits<double>::infinity(), at = times.front();
    // A long interval in parts, so that what has decayed costs no more.
    if (form.bounds.decay > 0.0) longest = 1.0 / form.bounds.decay;
    for (std::size_t i = 0; i < times.size(); ++i) {
        while (at < times[i]) {
            base::poll();
            const double tau = std::min(longest, times[i] - at);
            now = propagated(form, now, tau, tolerance, 1);
            at = tau < longest ? times[i] : at + tau;
            if (now.squaredNorm() < least) return out;
        }
        out[static_cast<Index>(i)] = std::min(1.0, now.squaredNorm());
    }
    return out;
}

ComplexMatrix jumped(const Operators& jumps, const ComplexMatrix& x, int threads) {
    const Index r = x.cols(), count = static_cast<Index>(jumps.size());
    ComplexMatrix out(x.rows(), r * count);
    base::parallel_ranges(threads, count, [&](Index first, Index some) {
        for (Index j = first; j < first + some; ++j) {
            base::poll();
            std::visit([&](const auto& l) { out.middleCols(j * r, r).noalias() = l * x; },
                       jumps[static_cast<std::size_t>(j)]);
        }
    });
    return out;
}

ComplexMatrix together(double a, const ComplexMatrix& x, double b, const ComplexMatrix& y) {
    ComplexMatrix out(x.rows(), x.cols() + y.cols());
    out << std::sqrt(a) * x, std::sqrt(b) * y;
    return out;
}

namespace {

/// The rows with the largest of what is left, at most `most`, none much smaller than the first.
std::vector<Index> pivots_of(const RealVector& left, Index most) {
    std::vector<Index> order(static_cast<std::size_t>(left.size()));
    std::iota(order.begin(), order.end(), Index{0});
    const auto count = static_cast<std::ptrdiff_t>(std::min<Index>(most, left.size()));
    std::partial_sort(order.begin(), order.begin() + count, order.end(),
                      [&](Index a, Index b) { return left[a] != left[b] ? left[a] > left[b] : a < b; });
    order.resize(static_cast<std::size_t>(count));
    while (order.size() > 1 && left[order.back()] < 0.1 * left[order.front()]) order.pop_back();
    return order;
}

}  // namespace

ComplexMatrix spanned(const ComplexMatrix& x, double drop, int threads, double& dropped) {
    constexpr Index block = 16;  // pivots at a time: each reads all of X
    const Index n = x.rows(), most = std::min(n, x.cols());
    RealVector left = x.rowwise().squaredNorm();  // the diagonal of what is not yet in
    const double enough = std::max(drop, 1e-16 * left.sum());
    ComplexMatrix out(n, std::min<Index>(most, block)), columns;
    Index k = 0;
    while (k < most && left.cwiseMax(0.0).sum() > enough) {
        base::poll();
        const std::vector<Index> pivots = pivots_of(left, std::min(block, most - k));
        const auto count = static_cast<Index>(pivots.size());
        if (k + count > out.cols())
            out.conservativeResize(Eigen::NoChange, std::min(most, std::max(2 * k, k + count)));
        ComplexMatrix rows(x.cols(), count), before(k, count);
        for (Index i = 0; i < count; ++i) {
            rows.col(i) = x.row(pivots[static_cast<std::size_t>(i)]).adjoint();
            before.col(i) = out.row(pivots[static_cast<std::size_t>(i)]).head(k).adjoint();
        }
        columns.resize(n, count);
        base::parallel_ranges(threads, n, [&](Index first, Index some) {
            columns.middleRows(first, some).noalias() = x.middleRows(first, some) * rows;
            if (k > 0) columns.middleRows(first, some).noalias() -= out.block(first, 0, some, k) * before;
        });
        // Within the block one after the other; a pivot that the others have used up is left for later.
        const Index begin = k;
        const double floor = 0.01 * left[pivots.front()];
        for (Index i = 0; i < count; ++i) {
            const Index pivot = pivots[static_cast<std::size_t>(i)];
            if (left[pivot] <= std::max(floor, 0.0)) continue;
            out.col(k) = columns.col(i);
            for (Index m = begin; m < k; ++m) out.col(k) -= std::conj(out(pivot, m)) * out.col(m);
            const double size = out(pivot, k).real();
            if (!(size > 0.0)) continue;
            out.col(k) /= std::sqrt(size);
            left -= out.col(k).cwiseAbs2();
            left[pivot] = 0.0;
            ++k;
        }
        if (k == begin) break;  // only rounding is left
    }
    dropped += left.cwiseMax(0.0).sum();
    out.conservativeResize(Eigen::NoChange, k);
    return out;
}

ComplexMatrix compressed(const ComplexMatrix& x, double drop, int threads, double& dropped) {
    const ComplexMatrix y = spanned(x, 0.2 * drop, threads, dropped);
    if (y.cols() == 0) return y;
    const auto [values, vectors] =
        linalg::hermitian_modes(ComplexMatrix(y.adjoint() * y), "low rank: the columns' spectrum");
    Index first = 0;
    double gone = 0.0;
    while (first + 1 < values.size() && gone + std::max(values[first], 0.0) <= 0.8 * drop)
        gone += std::max(values[first++], 0.0);
    dropped += gone;
    return y * vectors.rightCols(values.size() - first);
}

double trace_distance_of(const ComplexMatrix& x, const ComplexMatrix& y) {
    ComplexMatrix both(x.rows(), x.cols() + y.cols());
    both << x, y;
    const Index k = std::min(both.rows(), both.cols());
    if (k == 0) return 0.0;
    const ComplexMatrix r = linalg::triangle_of(both);
    const ComplexMatrix a = r.leftCols(x.cols()), b = r.rightCols(y.cols());
    return linalg::hermitian_values(a * a.adjoint() - b * b.adjoint(), "low rank: a distance")
        .cwiseAbs()
        .sum();
}

}  // namespace redfield::trajectories
