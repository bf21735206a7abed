#include "redfield/floquet/modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "driven/time_evolution.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::floquet {

namespace {

/// Moments at which the mean of H in a mode is taken; it has to be right to half of 2π/T only.
constexpr Index mean_points = 32;

/// Eigenvectors of a unitary matrix, orthonormal however close its eigenvalues are, and their phases.
struct Diagonalised {
    RealVector phases;  ///< θ in (−π, π], U = V e^{iθ}V†
    ComplexMatrix vectors;
};

/// By those of the Hermitian K = i(1 − Z)(1 + Z)⁻¹, Z = e^{−iφ}U, tan(θ − φ)/2 its eigenvalues. Of a few
/// φ the first is taken whose K is far from a pole, or the one whose K is smallest.
Diagonalised diagonalised(const ComplexMatrix& u) {
    constexpr int tried = 8;
    constexpr double far = 4.0;  // the root mean square of K's eigenvalues
    const Index n = u.rows();
    const ComplexMatrix one = ComplexMatrix::Identity(n, n);
    ComplexMatrix best;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < tried; ++i) {
        base::poll();
        // Turned by the golden ratio, so that no symmetric spectrum meets a pole with each of them.
        const ComplexMatrix z =
            std::polar(1.0, -2.0 * static_cast<double>(EIGEN_PI) * 0.6180339887 * i) * u;
        const ComplexMatrix k =
            Complex(0.0, 1.0) * linalg::solve((one + z).transpose(), (one - z).transpose()).transpose();
        const double size = k.norm();
        if (size < least) {
            least = size;
            best = k;
        }
        if (least <= far * std::sqrt(static_cast<double>(n))) break;
    }
    require(best.size() > 0, "floquet::Modes: the propagator is not unitary");
    Diagonalised out{RealVector(n),
                     linalg::hermitian_modes(ComplexMatrix(0.5 * (best + best.adjoint())),
                                             "floquet::Modes: the phases of the propagator")
                         .vectors};
    const ComplexMatrix moved = u * out.vectors;
    for (Index k = 0; k < n; ++k) out.phases[k] = std::arg(out.vectors.col(k).dot(moved.col(k)));
    return out;
}

}  // namespace

/// U(t, t₀) over one period.
struct Modes::Kept {
    Kept(const driven::TimeOperator& hamiltonian, const std::vector<double>& ends, int threads) {
        driven::TimeEvolution evolution(hamiltonian, ends, threads);
        while (!evolution.ended()) panels.push_back(evolution.next());
    }
    ComplexMatrix propagator(double t) const {
        const driven::EvolutionPanel& panel = driven::panel_at(panels, t);
        return std::polar(1.0, -panel.phase(t)) * panel.propagator(t);
    }
    std::vector<driven::EvolutionPanel> panels;
};

Modes::Modes(const driven::TimeOperator& hamiltonian, const std::vector<double>& panels, int threads)
    : start_(panels.empty() ? 0.0 : panels.front()),
      period_(panels.empty() ? 0.0 : panels.back() - panels.front()) {
    require(period_ > 0.0, "floquet::Modes: the period must be positive");
    const base::Caller caller;
    const Index n = hamiltonian.dimension();
    kept_ = std::make_shared<const Kept>(hamiltonian, panels, base::resolve_threads(threads, n));
    const Diagonalised u = diagonalised(kept_->propagator(panels.back()));
    const RealVector found = -u.phases / period_;
    std::vector<Index> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return found[a] < found[b]; });
    quasienergies_.resize(n);
    initial_.resize(n, n);
    for (Index k = 0; k < n; ++k) {
        quasienergies_[k] = found[order[static_cast<std::size_t>(k)]];
        initial_.col(k) = u.vectors.col(order[static_cast<std::size_t>(k)]);
    }
    RealVector mean = RealVector::Zero(n);
    for (Index i = 0; i < mean_points; ++i) {
        const double since = period_ * (static_cast<double>(i) + 0.5) / static_cast<double>(mean_points);
        const ComplexMatrix phi = within(since);
        const ComplexMatrix h = hamiltonian.at(driven::Moment(start_ + since));
        mean += (phi.conjugate().cwiseProduct(h * phi)).colwise().sum().real().transpose();
    }
    mean /= static_cast<double>(mean_points);
    energies_ = quasienergies_.array() +
                frequency() * ((mean - quasienergies_).array() / frequency() - 1e-6).round();
}

double Modes::frequency() const { return 2.0 * static_cast<double>(EIGEN_PI) / period_; }

ComplexMatrix Modes::within(double since) const { return kept_->propagator(start_ + since) * initial_; }

ComplexMatrix Modes::at(double t) const {
    const double since =
        std::clamp(t - start_ - period_ * std::floor((t - start_) / period_), 0.0, period_);
    const Eigen::ArrayXcd phases = (Complex(0.0, since) * energies_.array()).exp();
    return within(since) * phases.matrix().asDiagonal();
}

ComplexMatrix Modes::frame(double t) const {
    const double periods = std::floor((t - start_) / period_);
    const double since = std::clamp(t - start_ - period_ * periods, 0.0, period_);
    const Eigen::ArrayXcd phases = (Complex(0.0, -periods * period_) * quasienergies_.array()).exp();
    return within(since) * phases.matrix().asDiagonal();
}

}  // namespace redfield::floquet
