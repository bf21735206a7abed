#include <cmath>
#include <sstream>

#include "base/memory.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/floquet/modes.hpp"

namespace redfield::floquet {

namespace {

/// Discrete Fourier transform of (N², M) samples of a period: column n + M/2 − 1 is A_n.
ComplexMatrix transformed(const ComplexMatrix& samples) {
    const Index points = samples.cols(), most = points / 2 - 1;
    ComplexMatrix phases(points, 2 * most + 1);
    for (Index n = -most; n <= most; ++n)
        for (Index i = 0; i < points; ++i) {
            // The angle of (n i mod M), not of n i, keeps its digits.
            const Index turn = ((n * i) % points + points) % points;
            phases(i, n + most) = std::polar(1.0 / static_cast<double>(points),
                                             -2.0 * static_cast<double>(EIGEN_PI) *
                                                 static_cast<double>(turn) / static_cast<double>(points));
        }
    return samples * phases;
}

/// ‖(A_n)_{|n| > most}‖/‖A‖ for every most.
RealVector beyond(const ComplexMatrix& series) {
    const Index most = (series.cols() - 1) / 2;
    RealVector out = RealVector::Zero(most + 1);
    double sum = 0.0;
    for (Index n = most; n > 0; --n) {
        sum += series.col(most - n).squaredNorm() + series.col(most + n).squaredNorm();
        out[n - 1] = sum;
    }
    const double whole = series.squaredNorm();
    return whole > 0.0 ? RealVector((out / whole).cwiseSqrt()) : out;
}

}  // namespace

Harmonics harmonics(const Modes& modes, const std::vector<driven::TimeOperator>& operators,
                    const HarmonicsOptions& options) {
    require(options.tol > 0.0, "floquet::harmonics: tol must be positive, got ", options.tol);
    require(options.most >= 0, "floquet::harmonics: most must not be negative, got ", options.most);
    require(options.fewest > 0, "floquet::harmonics: fewest must be positive, got ", options.fewest);
    require(options.threads >= 0, "floquet::harmonics: threads must not be negative, got ",
            options.threads);
    const base::Caller caller;
    const Index n = modes.dimension();
    for (std::size_t j = 0; j < operators.size(); ++j)
        require(operators[j].dimension() == n, "floquet::harmonics: operators[", j, "] has ",
                operators[j].dimension(), " levels, H ", n);
    const int threads = base::resolve_threads(options.threads, n);
    const auto bytes = [&](Index points) {
        return 2.0 * sizeof(Complex) * static_cast<double>(n * n * points) *
               static_cast<double>(std::max<std::size_t>(operators.size(), 1));
    };
    // Half of the harmonics that so many points tell must be empty: they are where others are mirrored.
    Index first_points = 8;
    while (first_points < options.fewest) first_points *= 2;
    for (Index points = first_points;; points *= 2) {
        base::require_bytes(bytes(points), options.max_bytes, "give harmonics=, or fewer couplings",
                            points / 2, " harmonics of ", operators.size(), " couplings");
        const auto time = [&](Index i) {
            return modes.start() + modes.period() * static_cast<double>(i) / static_cast<double>(points);
        };
        std::vector<ComplexMatrix> series(operators.size(), ComplexMatrix(n * n, points));
        // The operators may be any functions, which one thread calls.
        for (std::size_t j = 0; j < operators.size(); ++j)
            for (Index i = 0; i < points; ++i) {
                base::poll();
                series[j].col(i) = operators[j].at(driven::Moment(time(i))).reshaped();
            }
        base::parallel_ranges(threads, points, [&](Index first, Index count) {
            for (Index i = first; i < first + count; ++i) {
                base::poll();
                const ComplexMatrix phi = modes.at(time(i));
                for (ComplexMatrix& s : series) {
                    Eigen::Map<ComplexMatrix> a(s.col(i).data(), n, n);
                    a = phi.adjoint() * (a * phi).eval();
                }
            }
        });
        const Index known = points / 4;
        Harmonics out{0, {}, 0.0};
        std::vector<RealVector> left;
        for (ComplexMatrix& s : series) {
            s = transformed(s);
            left.push_back(beyond(s));
            out.left = std::max(out.left, left.back()[std::min(known, options.most)]);
        }
        const bool rough = out.left > options.tol;
        if (rough && known < options.most) continue;
        if (rough && !options.enough) {
            std::ostringstream text;
            text << "the couplings have more than " << options.most << " harmonics: " << out.left
                 << " of them lies beyond, above tol = " << options.tol
                 << "; the drive jumps or is rough. Loosen tol, or give harmonics= and see .left";
            throw ConvergenceError(text.str());
        }
        const Index largest = std::min(known, options.most);
        for (const RealVector& l : left)
            for (Index most = 0; most <= largest; ++most)
                if (l[most] <= options.tol || most == largest) {
                    out.most = std::max(out.most, most);
                    break;
                }
        const Index middle = points / 2 - 1;
        for (const ComplexMatrix& s : series) {
            auto& each = out.of.emplace_back();
            for (Index h = -out.most; h <= out.most; ++h)
                each.emplace_back(Eigen::Map<const ComplexMatrix>(s.col(middle + h).data(), n, n));
        }
        return out;
    }
}

}  // namespace redfield::floquet
