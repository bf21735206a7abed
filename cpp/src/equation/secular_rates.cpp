#include "redfield/equation/secular_rates.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "equation/eigen_couplings.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::equation {

namespace {

/// The contribution of one bath: T_kl = Σ_j|A_j,kl|² and D_mn = Σ_j A_j,mm A_j,nn*.
struct Strengths {
    RealMatrix transition;
    ComplexMatrix diagonal;
};

std::vector<Strengths> strengths_by_bath(const System& system) {
    const std::size_t baths = system.baths().tables.size();
    const Index n = system.dimension();
    std::vector<Strengths> out(baths);
    if (std::holds_alternative<SiteProjectors>(system.couplings())) {
        const ProjectorColumns columns = projector_columns(system);
        const RealMatrix p = columns.v.cwiseAbs2();
        for (std::size_t b = 0; b < baths; ++b) {
            const auto block = p.middleCols(columns.first[b], columns.first[b + 1] - columns.first[b]);
            out[b].transition = block * block.transpose();
            out[b].diagonal = out[b].transition.cast<Complex>();  // A_j,mm A_j,nn = |A_j,mn|² here
        }
        return out;
    }
    for (auto& strengths : out) {
        strengths.transition = RealMatrix::Zero(n, n);
        strengths.diagonal = ComplexMatrix::Zero(n, n);
    }
    const auto& operators = std::get<Operators>(system.couplings());
    for (std::size_t j = 0; j < operators.size(); ++j) {
        const ComplexMatrix a = system.operator_in_eigenbasis(j);
        auto& strengths = out[static_cast<std::size_t>(system.baths().of_coupling[j])];
        strengths.transition += a.cwiseAbs2();
        strengths.diagonal.noalias() += a.diagonal() * a.diagonal().adjoint();
    }
    return out;
}

}  // namespace

SecularRates secular_rates(const PairEquation& equation) {
    require(equation.kernel != nullptr, "secular_rates: the equation has no kernel");
    const Index n = equation.system.dimension();
    const PairKernel& kernel = *equation.kernel;
    SecularRates rates{RealMatrix::Zero(n, n), RealMatrix::Zero(n, n), RealMatrix::Zero(n, n)};
    RealVector decay = RealVector::Zero(n), shift = RealVector::Zero(n);  // s = decay + i shift
    const auto strengths = strengths_by_bath(equation.system);
    for (std::size_t b = 0; b < strengths.size(); ++b) {
        ComplexMatrix p(n, n);
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k) p(k, l) = kernel.p(b, k, l, k, l);
        const RealMatrix flow = 2.0 * p.real().cwiseProduct(strengths[b].transition);
        rates.population += flow;
        decay += 0.5 * flow.colwise().sum().transpose();
        shift += p.imag().cwiseProduct(strengths[b].transition).colwise().sum().transpose();
        const double at_zero = 2.0 * p(0, 0).real();
        rates.coherence_re += at_zero * strengths[b].diagonal.real();
        rates.coherence_im += at_zero * strengths[b].diagonal.imag();
    }
    if (equation.lamb_shift.size() != 0) shift += equation.lamb_shift.diagonal().real();
    for (Index k = 0; k < n; ++k) {
        rates.population(k, k) = 0.0;
        rates.population(k, k) = -rates.population.col(k).sum();
    }
    rates.coherence_re.colwise() -= decay;
    rates.coherence_re.rowwise() -= decay.transpose();
    rates.coherence_im.colwise() -= shift;
    rates.coherence_im.rowwise() += shift.transpose();
    return rates;
}

RateRounding rate_rounding(const PairEquation& equation) {
    const System& system = equation.system;
    const Index n = system.dimension();
    const std::size_t baths = system.baths().tables.size();
    std::vector<double> strength(baths, 1.0);  // Σ_j‖A_j‖² of a bath; of projectors Σ_j|v_jk|² = 1
    bool symmetric = true;
    if (const auto* operators = std::get_if<Operators>(&system.couplings())) {
        std::fill(strength.begin(), strength.end(), 0.0);
        for (std::size_t j = 0; j < operators->size(); ++j) {
            const ComplexMatrix a = system.operator_in_eigenbasis(j);
            strength[static_cast<std::size_t>(system.baths().of_coupling[j])] += a.squaredNorm();
            symmetric = symmetric && (a - a.adjoint()).norm() <= 1e-10 * a.norm();
        }
    }
    RateRounding out{RealMatrix::Zero(n, n), symmetric};
    // A diagonal H has its eigenvectors without rounding.
    if (((system.eigensystem().eigenvectors().array() != Complex(0.0)).cast<int>().colwise().sum() == 1)
            .all())
        return out;
    // A level mixes with another by ε‖H‖ over their distance.
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    const RealVector& energies = system.eigensystem().energies();
    const double size = energies.cwiseAbs().maxCoeff();
    RealVector mixing = RealVector::Constant(n, 4.0 * epsilon);
    for (Index k = 0; k < n; ++k) {
        double distance = std::numeric_limits<double>::infinity();
        if (k > 0) distance = energies[k] - energies[k - 1];
        if (k + 1 < n) distance = std::min(distance, energies[k + 1] - energies[k]);
        mixing[k] = std::min(1.0, mixing[k] + 2.0 * epsilon * size / std::max(distance, 1e-300));
    }
    for (std::size_t b = 0; b < baths; ++b)
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k) {
                const double element = mixing[k] + mixing[l];
                const double rate = 2.0 * equation.kernel->p(b, k, l, k, l).real();
                if (k != l) out.noise(k, l) += rate * strength[b] * element * element;
            }
    return out;
}

}  // namespace redfield::equation
