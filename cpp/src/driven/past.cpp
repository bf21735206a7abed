#include "driven/past.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"
#include "redfield/system/eigensystem.hpp"

namespace redfield::driven {

namespace {

constexpr Index points = panel_points;
constexpr int most_iterations = 80;
/// Of the largest entry, in the longest panel: the last two Chebyshev coefficients of what is resolved.
/// Its integral counts, so that shorter ones may leave more.
constexpr double resolved = 3e-10;

/// The points on [−1, 1], ascending, and the matrices that take values there to other things.
struct Points {
    RealVector x, weights;  // barycentric
    RealMatrix integral;    // (i, n): ∫_{−1}^{x_i} ℓ_n
    RealMatrix last_terms;  // (n, 2): the two last Chebyshev coefficients

    Points() : x(points), weights(points), integral(points, points), last_terms(points, 2) {
        const Index m = points - 1;
        RealMatrix to_series(points, points);  // (k, n)
        for (Index n = 0; n < points; ++n) {
            const double angle = EIGEN_PI * static_cast<double>(m - n) / static_cast<double>(m);
            const double end = n == 0 || n == m ? 0.5 : 1.0;
            x[n] = std::cos(angle);
            weights[n] = (n % 2 == 0 ? 1.0 : -1.0) * end;
            for (Index k = 0; k < points; ++k)
                to_series(k, n) = 2.0 / static_cast<double>(m) * end * (k == 0 || k == m ? 0.5 : 1.0) *
                                  std::cos(static_cast<double>(k) * angle);
        }
        // ∫T_k = (T_{k+1}/(k+1) − T_{k−1}/(k−1))/2, and 0 at −1.
        const auto chebyshev = [](Index k, double at) {
            return std::cos(static_cast<double>(k) * std::acos(std::clamp(at, -1.0, 1.0)));
        };
        const auto antiderivative = [&](Index k, double at) {
            if (k == 0) return at;
            if (k == 1) return 0.5 * at * at;
            return 0.5 * (chebyshev(k + 1, at) / static_cast<double>(k + 1) -
                          chebyshev(k - 1, at) / static_cast<double>(k - 1));
        };
        RealMatrix integrals(points, points);  // (i, k)
        for (Index i = 0; i < points; ++i)
            for (Index k = 0; k < points; ++k)
                integrals(i, k) = antiderivative(k, x[i]) - antiderivative(k, -1.0);
        integral = integrals * to_series;
        last_terms = to_series.bottomRows(2).transpose();
    }

    /// ℓ_n(t), t in [−1, 1].
    RealVector lagrange(double t) const {
        RealVector out(points);
        for (Index n = 0; n < points; ++n) {
            if (t == x[n]) return RealVector::Unit(points, n);
            out[n] = weights[n] / (t - x[n]);
        }
        return out / out.sum();
    }
};

const Points& chebyshev_points() {
    static const Points made;
    return made;
}

Eigen::Map<ComplexMatrix> matrix(Samples& samples, Index i, Index n) {
    return {samples.col(i).data(), n, n};
}

/// The last two Chebyshev coefficients relative to the largest entry, which estimate the truncation
/// error.
double tail(const Samples& samples) {
    const double largest = samples.cwiseAbs().maxCoeff();
    return (samples * chebyshev_points().last_terms).cwiseAbs().maxCoeff() / std::max(largest, 1e-300);
}

[[noreturn]] void unresolved(double first, double last) {
    std::ostringstream text;
    text << "driven::evolve: the panel from t = " << first << " to " << last << " is too long";
    throw UnresolvedPanel(text.str());
}

}  // namespace

Past::Past(const Memory& memory, int threads)
    : memory_(memory),
      threads_(threads),
      n_(memory.hamiltonian.dimension()),
      start_(ComplexMatrix::Identity(n_, n_)),
      carried_(memory.couplings.size()),
      before_(memory.couplings.size()) {
    require(memory.panels.size() == memory.length_of_panel.size() + 1 && memory.panels.size() > 1,
            "driven::Memory: a panel has two ends and a length");
    require(memory.couplings.size() == memory.bath_of_coupling.size(),
            "driven::Memory: a coupling has a bath");
    for (std::size_t p = 0; p + 1 < memory.panels.size(); ++p)
        longest_ = std::max(longest_, memory.panels[p + 1] - memory.panels[p]);
}

double Past::allowed(const Panel& panel) const {
    return resolved * longest_ / (panel.last - panel.first);
}

void Past::keep(double first, double last) {
    while (!panels_.empty() && panels_.front().last < first) panels_.pop_front();
    while (next_ < static_cast<Index>(memory_.length_of_panel.size()) &&
           (panels_.empty() || panels_.back().last < last))
        make_next();
}

const Past::Panel& Past::panel_of(double t) const {
    const auto found =
        std::find_if(panels_.begin(), panels_.end(), [t](const Panel& p) { return t <= p.last; });
    return found == panels_.end() ? panels_.back() : *found;
}

Moment Past::inside(const Panel& panel, double t) {
    return Moment(
        std::clamp(t, std::nextafter(panel.first, panel.last), std::nextafter(panel.last, panel.first)));
}

void Past::make_next() {
    linalg::poll();
    const auto index = static_cast<std::size_t>(next_);
    Panel panel;
    panel.first = memory_.panels[index];
    panel.last = memory_.panels[index + 1];
    propagate(panel);
    panel.couplings.resize(memory_.couplings.size());
    panel.lambdas.resize(memory_.couplings.size());
    std::vector<Samples> given(memory_.couplings.size());
    for (std::size_t j = 0; j < given.size(); ++j) {
        const TimeOperator& a = memory_.couplings[j];
        given[j].resize(n_ * n_, a.is_constant() ? 1 : points);
        for (Index i = 0; i < given[j].cols(); ++i) {
            const double t = panel.middle() + panel.half() * chebyshev_points().x[i];
            matrix(given[j], i, n_) = a.at(inside(panel, t));
        }
    }
    Samples whole(n_ * n_, points);
    linalg::parallel_ranges(threads_, points, [&](Index from, Index count) {
        for (Index i = from; i < from + count; ++i) {
            const double s = panel.half() * chebyshev_points().x[i];
            matrix(whole, i, n_) = panel.unitary(s, matrix(panel.slow, i, n_));
        }
    });
    start_ = matrix(whole, points - 1, n_);
    linalg::parallel_ranges(threads_, static_cast<Index>(given.size()), [&](Index from, Index count) {
        ComplexMatrix turned(n_, n_);
        for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(from + count); ++j) {
            panel.couplings[j].resize(n_ * n_, points);
            for (Index i = 0; i < points; ++i) {
                const auto u = matrix(whole, i, n_);
                turned.noalias() = matrix(given[j], given[j].cols() == 1 ? 0 : i, n_) * u;
                matrix(panel.couplings[j], i, n_).noalias() = u.adjoint() * turned;
            }
            if (tail(panel.couplings[j]) > allowed(panel)) unresolved(panel.first, panel.last);
            remember(panel, next_, j);
        }
    });
    ++next_;
    panels_.push_back(std::move(panel));
}

void Past::propagate(Panel& panel) {
    // U = Qe^{−iEs}V with the eigenbasis of the middle, and V̇ = −ie^{iEs}(Q†HQ − E)e^{−iEs}V by Picard's
    // iteration on the points: what is left of H is small, and nothing where H is constant.
    const double middle = panel.middle(), half = panel.half();
    const Points& nodes = chebyshev_points();
    const Eigensystem eigensystem(memory_.hamiltonian.at(Moment(middle)));
    panel.vectors = eigensystem.eigenvectors();
    const double offset = 0.5 * (eigensystem.energies()[0] + eigensystem.energies()[n_ - 1]);
    panel.energies = eigensystem.energies().array() - offset;
    panel.offset = offset;
    panel.turned = turned_ + offset * half;
    turned_ += 2.0 * offset * half;
    const Eigen::ArrayXd energies = panel.energies.array();
    ComplexMatrix start = panel.vectors.adjoint() * start_;
    start.array().colwise() *= (Complex(0.0, -half) * energies).exp();  // s = −half
    panel.slow = Eigen::Map<const Eigen::VectorXcd>(start.data(), n_ * n_).replicate(1, points);
    if (memory_.hamiltonian.is_constant()) return;

    Samples rest(n_ * n_, points), change(n_ * n_, points);
    for (Index i = 0; i < points; ++i) {
        const double s = half * nodes.x[i];
        ComplexMatrix h = eigensystem.to_eigenbasis(memory_.hamiltonian.at(inside(panel, middle + s)));
        h.diagonal().array() -= panel.energies.array() + offset;
        const Eigen::ArrayXcd phases = (Complex(0.0, s) * energies).exp();
        matrix(rest, i, n_) = (h.array().colwise() * phases).rowwise() * phases.conjugate().transpose();
    }
    if (!rest.allFinite()) require(false, "at t = ", middle, " the Hamiltonian is not finite");
    // The integral's matrix is real: complex numbers are pairs to it.
    Samples integrated(n_ * n_, points);
    Eigen::Map<RealMatrix> pairs(reinterpret_cast<double*>(integrated.data()), 2 * n_ * n_, points);
    const Eigen::Map<const RealMatrix> changes(reinterpret_cast<const double*>(change.data()),
                                               2 * n_ * n_, points);
    const RealMatrix integral = half * nodes.integral.transpose();
    const Eigen::Map<const Eigen::VectorXcd> first(start.data(), n_ * n_);
    for (int iteration = 0; iteration < most_iterations; ++iteration) {
        linalg::parallel_ranges(threads_, points, [&](Index from, Index count) {
            for (Index i = from; i < from + count; ++i)
                matrix(change, i, n_).noalias() = matrix(rest, i, n_) * matrix(panel.slow, i, n_);
        });
        pairs.noalias() = changes * integral;
        double moved = 0.0;
        for (Index i = 0; i < points; ++i) {
            const auto next = (Complex(0.0, -1.0) * integrated.col(i) + first).eval();
            moved = std::max(moved, (next - panel.slow.col(i)).cwiseAbs2().maxCoeff());
            panel.slow.col(i) = next;
        }
        moved = std::sqrt(moved);
        if (moved <= 1e-14) {
            if (tail(panel.slow) > allowed(panel)) break;
            return;
        }
        if (!(moved < 1e6)) break;
    }
    unresolved(panel.first, panel.last);
}

void Past::remember(Panel& panel, Index index, std::size_t coupling) {
    const auto length =
        static_cast<std::size_t>(memory_.length_of_panel[static_cast<std::size_t>(index)]);
    const auto bath = static_cast<std::size_t>(memory_.bath_of_coupling[coupling]);
    const History& history = memory_.histories[length][bath];
    const Samples& now = panel.couplings[coupling];
    Samples& lambda = panel.lambdas[coupling];
    lambda.noalias() = now * history.local.transpose();
    Samples& carried = carried_[coupling];
    if (history.fade.rows() > 0) {
        if (carried.size() == 0) carried = Samples::Zero(n_ * n_, history.fade.rows());
        lambda.noalias() += carried * history.fade;
        carried *= history.fade.col(points - 1).asDiagonal();
        carried.noalias() += now * history.gather.transpose();
    }
    auto& before = before_[coupling];
    for (std::size_t q = 0; q < std::min(before.size(), history.lags.size()); ++q)
        lambda.noalias() += before[q] * history.lags[q].transpose();
    if (!history.lags.empty()) {
        before.push_front(now);
        if (before.size() > history.lags.size()) before.pop_back();
    }
}

void Past::at(double t, std::vector<ComplexMatrix>& couplings,
              std::vector<ComplexMatrix>& lambdas) const {
    const Panel& panel = panel_of(t);
    const double x = std::clamp((t - panel.middle()) / panel.half(), -1.0, 1.0);
    const Eigen::VectorXcd at = chebyshev_points().lagrange(x).cast<Complex>();
    couplings.resize(panel.couplings.size());
    lambdas.resize(panel.lambdas.size());
    linalg::parallel_ranges(threads_, static_cast<Index>(couplings.size()), [&](Index from, Index count) {
        for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(from + count); ++j) {
            couplings[j].resize(n_, n_);
            lambdas[j].resize(n_, n_);
            Eigen::Map<Eigen::VectorXcd>(couplings[j].data(), n_ * n_).noalias() =
                panel.couplings[j] * at;
            Eigen::Map<Eigen::VectorXcd>(lambdas[j].data(), n_ * n_).noalias() = panel.lambdas[j] * at;
        }
    });
}

ComplexMatrix Past::propagator(double t) const {
    const Panel& panel = panel_of(t);
    const double x = std::clamp((t - panel.middle()) / panel.half(), -1.0, 1.0);
    ComplexMatrix slow(n_, n_);
    Eigen::Map<Eigen::VectorXcd>(slow.data(), n_ * n_) =
        panel.slow * chebyshev_points().lagrange(x).cast<Complex>();
    return panel.unitary(panel.half() * x, slow);
}

double Past::phase(double t) const {
    const Panel& panel = panel_of(t);
    return panel.turned + panel.offset * (t - panel.middle());
}

ComplexMatrix Past::Panel::unitary(double s, const Eigen::Ref<const ComplexMatrix>& slow_there) const {
    const Eigen::VectorXcd phases = (Complex(0.0, -s) * energies.array()).exp().matrix();
    return vectors * phases.asDiagonal() * slow_there;
}

}  // namespace redfield::driven
