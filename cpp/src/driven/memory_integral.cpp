// Λ̃(t) = ∫₀^{t−t₀} C(s) Ã(t − s) ds of each coupling, on panels of time with nodes t_i and polynomials
// ℓ_n:
//   Ã = Σ_n ℓ_nÃ(t_n) on each panel, of which the panel itself gives Σ_n L_inÃ(t_n), L_in =
//   ∫_a^{t_i}C(t_i − s)ℓ_n; earlier ones give, with C = Σ_k c_ke^{−ν_ks}, Σ_k e^{−ν_k(t_i − a)}Z_k, where
//   at the end b of each panel
//     Z_k ← e^{−ν_k(b − a)}Z_k + Σ_n g_knÃ(t_n),  g_kn = c_k∫_a^be^{−ν_k(b − s)}ℓ_n,
//   or, with C as it is, Σ_q Σ_n L^q_inÃ(t_n of the panel q + 1 before); between nodes Λ̃ is interpolated,
//   which is refused where a panel is too long for what a memory does that has only begun.
#include "driven/memory_integral.hpp"

#include <algorithm>

#include "redfield/base/parallel.hpp"

namespace redfield::driven {

namespace {

/// A truncation of ∫‖A_j‖‖Λ_j‖dt over a panel that may stay, whatever there is of Λ_j: where it counts,
/// at a logarithm, the error is of either sign and its integral a hundredth.
constexpr double unnoticed = 1e-8;

/// The part of its largest value below which a coupling is followed no better than there.
constexpr double tail = 1e-4;

}  // namespace

MemoryIntegral::MemoryIntegral(const TimeConvolutionless& equation, int threads)
    : equation_(equation),
      threads_(threads),
      n_(equation.hamiltonian.dimension()),
      evolution_(equation.hamiltonian, equation.panels, threads),
      earlier_(equation.couplings.size()) {}

void MemoryIntegral::keep(double first, double last) {
    while (!panels_.empty() && panels_.front().last < first) panels_.pop_front();
    while (!evolution_.ended() && (panels_.empty() || panels_.back().last < last))
        panels_.push_back(next_panel());
}

MemoryIntegral::Panel MemoryIntegral::next_panel() {
    const auto length = static_cast<std::size_t>(equation_.length_of_panel[evolution_.index()]);
    Panel panel{evolution_.next(), {}, {}};
    const std::size_t count = equation_.couplings.size();
    panel.couplings.resize(count);
    panel.lambdas.resize(count);
    std::vector<Samples> values(count);  // A_j at the nodes, or one value of a constant
    for (std::size_t j = 0; j < count; ++j) {
        const TimeOperator& a = equation_.couplings[j];
        values[j].resize(n_ * n_, a.is_constant() ? 1 : panel_points);
        for (Index i = 0; i < values[j].cols(); ++i)
            matrix(values[j], i, n_) = a.at(panel.inside(panel.time(i)));
    }
    Samples propagators = panel.propagators(threads_);
    base::parallel_ranges(threads_, static_cast<Index>(count), [&](Index from, Index some) {
        ComplexMatrix product(n_, n_);
        for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(from + some); ++j) {
            Samples& coupling = panel.couplings[j];
            coupling.resize(n_ * n_, panel_points);
            for (Index i = 0; i < panel_points; ++i) {
                const auto u = matrix(propagators, i, n_);
                product.noalias() = matrix(values[j], values[j].cols() == 1 ? 0 : i, n_) * u;
                matrix(coupling, i, n_).noalias() = u.adjoint() * product;
            }
            const double size = coupling.cwiseAbs().maxCoeff();
            require_resolved(panel, coupling, std::max(size, tail * equation_.couplings[j].largest()));
            const auto bath = static_cast<std::size_t>(equation_.bath_of_coupling[j]);
            panel.lambdas[j] = memory_integral(coupling, equation_.weights[length][bath], earlier_[j]);
            double& largest = earlier_[j].largest;
            largest = std::max(largest, panel.lambdas[j].cwiseAbs().maxCoeff());
            const double duration = panel.last - panel.first;
            require_resolved(panel, panel.lambdas[j],
                             std::max(largest, unnoticed / (panel.allowed * duration * size)));
        }
    });
    return panel;
}

Samples MemoryIntegral::memory_integral(const Samples& now, const CorrelationWeights& weights,
                                        Earlier& earlier) const {
    Samples lambda = now * weights.local.transpose();
    if (weights.fade.rows() > 0) {
        if (earlier.carried.size() == 0) earlier.carried = Samples::Zero(n_ * n_, weights.fade.rows());
        lambda.noalias() += earlier.carried * weights.fade;
        earlier.carried *= weights.fade.col(panel_points - 1).asDiagonal();
        earlier.carried.noalias() += now * weights.gather.transpose();
    }
    for (std::size_t q = 0; q < std::min(earlier.before.size(), weights.lags.size()); ++q)
        lambda.noalias() += earlier.before[q] * weights.lags[q].transpose();
    if (!weights.lags.empty()) {
        earlier.before.push_front(now);
        if (earlier.before.size() > weights.lags.size()) earlier.before.pop_back();
    }
    return lambda;
}

void MemoryIntegral::at(double t, std::vector<ComplexMatrix>& couplings,
                        std::vector<ComplexMatrix>& lambdas) const {
    const Panel& panel = panel_at(panels_, t);
    const Eigen::VectorXcd polynomials = panel_nodes().lagrange(panel.place(t)).cast<Complex>();
    couplings.resize(panel.couplings.size());
    lambdas.resize(panel.lambdas.size());
    const auto interpolate = [&](const Samples& samples, ComplexMatrix& out) {
        out.resize(n_, n_);
        Eigen::Map<Eigen::VectorXcd>(out.data(), n_ * n_).noalias() = samples * polynomials;
    };
    base::parallel_ranges(threads_, static_cast<Index>(couplings.size()), [&](Index from, Index count) {
        for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(from + count); ++j) {
            interpolate(panel.couplings[j], couplings[j]);
            interpolate(panel.lambdas[j], lambdas[j]);
        }
    });
}

}  // namespace redfield::driven
