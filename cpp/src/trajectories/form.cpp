#include "trajectories/form.hpp"

#include <string>

#include "linalg/lanczos.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield::trajectories {

namespace {

const Complex i_unit(0.0, 1.0);

void check(const Operator& op, Index n, const std::string& what) {
    std::visit(
        [&](const auto& a) {
            require(a.rows() == n && a.cols() == n, "trajectories: ", what, " is ", a.rows(), " x ",
                    a.cols(), ", the system has ", n, " levels");
            bool finite = true;
            if constexpr (std::is_same_v<std::decay_t<decltype(a)>, SparseMatrix>)
                finite = a.coeffs().allFinite();
            else
                finite = a.allFinite();
            require(finite, "trajectories: ", what, " has an entry that is NaN or infinite");
        },
        op);
}

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

}  // namespace

Form::Form(Operator given, Operators operators) : drift(std::move(given)), jumps(std::move(operators)) {
    const Index n = dimension();
    require(n > 0, "trajectories: the Hamiltonian is empty");
    check(drift, n, "the Hamiltonian");
    for (std::size_t j = 0; j < jumps.size(); ++j) {
        check(jumps[j], n, "jump operator " + std::to_string(j));
        if (auto* sparse = std::get_if<SparseMatrix>(&jumps[j])) sparse->makeCompressed();
    }
    // ‖e^{Gτ}ψ‖² falls as the jumps' probabilities say, or this is no equation of Lindblad form; told by
    // one ket that has no symmetry.
    Eigen::VectorXcd ket(n);
    for (Index k = 0; k < n; ++k)
        ket[k] = Complex(1.0 + 0.5 * std::sin(1.7 * static_cast<double>(k)),
                         std::cos(2.3 * static_cast<double>(k)));
    double rates = 0.0, size = 0.0;
    for (const Operator& jump : jumps) rates += times(jump, ket).squaredNorm();
    const Eigen::VectorXcd change = times(drift, ket);
    size = rates + change.norm() * ket.norm();
    require(std::abs(rates + 2.0 * ket.dot(change).real()) <= 1e-8 * size,
            "trajectories: H_eff and the jump operators do not belong together, ‖ψ‖² falls by ",
            -2.0 * ket.dot(change).real(), " where the jumps have a rate of ", rates);
    bounds = std::visit([](auto& g) { return centred(g); }, drift);
    if (auto* sparse = std::get_if<SparseMatrix>(&drift)) sparse->makeCompressed();
}

Index Form::dimension() const {
    return std::visit([](const auto& g) { return g.rows(); }, drift);
}

std::size_t Form::jump(Eigen::VectorXcd& ket, Random& random) const {
    std::vector<Eigen::VectorXcd> after;
    std::vector<double> weights;
    double sum = 0.0;
    for (const Operator& jump : jumps) {
        after.push_back(times(jump, ket));
        weights.push_back(after.back().squaredNorm());
        sum += weights.back();
    }
    if (!(sum > 0.0) || !std::isfinite(sum))
        throw ConvergenceError(
            "trajectories: a ket decayed without any jump that it can make; loosen nothing, check that "
            "rates "
            "and energies are not farther apart than 1e10");
    const auto channel = static_cast<std::size_t>(random.choose(weights, sum));
    ket = after[channel] / std::sqrt(weights[channel]);
    return channel;
}

}  // namespace redfield::trajectories
