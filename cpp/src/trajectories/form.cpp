#include "trajectories/form.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lanczos.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/trajectories/options.hpp"
#include "system/require_operator.hpp"

namespace redfield::trajectories {

namespace {

const Complex i_unit(0.0, 1.0);

Eigen::VectorXcd times(const Operator& op, const Eigen::VectorXcd& ket) {
    return std::visit([&](const auto& a) -> Eigen::VectorXcd { return a * ket; }, op);
}

/// Removes the mean energy, which turns a phase alone, and returns where G's numerical range lies then.
template <class Matrix>
SpectralBounds centred(Matrix& g) {
    const Matrix adjoint = g.adjoint();
    const linalg::Range energy = linalg::spectral_range(Matrix(0.5 * i_unit * (g - adjoint)));
    const linalg::Range rate = linalg::spectral_range(Matrix(-0.5 * (g + adjoint)));
    Matrix one(g.rows(), g.cols());
    one.setIdentity();
    g += Matrix(Complex(0.0, 0.5 * (energy.most + energy.least)) * one);
    return {0.5 * (energy.most - energy.least), std::max(0.0, rate.most)};
}

/// The cheapest ellipse for a long time; the whole time is not known to a step.
integrators::Ellipse around(const SpectralBounds& bounds) {
    return integrators::Ellipse::around(bounds, 1e3 / std::max(bounds.half_height + bounds.decay, 1e-300),
                                        3.0);
}

}  // namespace

Form form_of(Operator drift, Operators jumps) {
    const Index n = std::visit([](const auto& g) { return g.rows(); }, drift);
    require(n > 0, "trajectories: the Hamiltonian is empty");
    system::require_operator(drift, n, "trajectories: the Hamiltonian");
    for (std::size_t j = 0; j < jumps.size(); ++j) {
        system::require_operator(jumps[j], n, "trajectories: jump operator ", j);
        if (auto* sparse = std::get_if<SparseMatrix>(&jumps[j])) sparse->makeCompressed();
    }
    // ‖e^{Gτ}ψ‖² falls as the jumps' probabilities say, or this is no equation of Lindblad form.
    const Eigen::VectorXcd ket = linalg::without_symmetry(n), change = times(drift, ket);
    double rates = 0.0;
    for (const Operator& jump : jumps) rates += times(jump, ket).squaredNorm();
    require(std::isfinite(rates) && std::isfinite(change.norm()),
            "trajectories: the jump operators or the Hamiltonian are so large that rates overflow; check "
            "their units");
    require(std::abs(rates + 2.0 * ket.dot(change).real()) <= 1e-8 * (rates + change.norm() * ket.norm()),
            "trajectories: H_eff and the jump operators do not belong together, ‖ψ‖² falls by ",
            -2.0 * ket.dot(change).real(), " where the jumps have a rate of ", rates);
    const SpectralBounds bounds = std::visit([](auto& g) { return centred(g); }, drift);
    return {KetOperator<double>(drift), std::move(jumps), bounds, around(bounds)};
}

NumericalRange numerical_range(const Operator& o) {
    const Index n = std::visit([](const auto& a) { return a.rows(); }, o);
    require(n > 0, "numerical_range: the operator is empty");
    system::require_operator(o, n, "numerical_range: the operator");
    return std::visit(
        [](const auto& a) -> NumericalRange {
            using Matrix = std::decay_t<decltype(a)>;
            const Matrix adjoint = a.adjoint();
            const linalg::Range re = linalg::spectral_range(Matrix(0.5 * (a + adjoint)));
            const linalg::Range im = linalg::spectral_range(Matrix(-0.5 * i_unit * (a - adjoint)));
            return {{re.least, im.least}, {re.most, im.most}};
        },
        o);
}

std::size_t Form::jump(Eigen::VectorXcd& ket, Random& random) const {
    std::vector<Eigen::VectorXcd> after;
    RealVector weights(static_cast<Index>(jumps.size()));
    for (const Operator& jump : jumps) {
        after.push_back(times(jump, ket));
        weights[static_cast<Index>(after.size()) - 1] = after.back().squaredNorm();
    }
    if (!(weights.size() > 0 && weights.maxCoeff() > 0.0 && weights.allFinite()))
        throw ConvergenceError(
            "trajectories: a ket decayed without any jump that it can make; check that rates and "
            "energies "
            "are not farther apart than 1e10");
    const Index channel = random.choose(weights);
    ket = after[static_cast<std::size_t>(channel)] / std::sqrt(weights[channel]);
    return static_cast<std::size_t>(channel);
}

}  // namespace redfield::trajectories
