#include "generator/bounds.hpp"

#include <cmath>

namespace redfield::generator {

namespace {

/// Largest |eigenvalue| of a Hermitian matrix, a few percent above what power iteration reaches; of a few
/// levels their bound ‖h‖_F, for less than the rest of an equation takes to build.
double hermitian_norm(const ComplexMatrix& h) {
    const Index n = h.rows();
    if (n <= 5) return h.norm();
    // A start with no symmetry, so that no eigenvector of a structured matrix is missed.
    Eigen::VectorXcd x(n), y(n);
    for (Index k = 0; k < n; ++k)
        x[k] = Complex(1.0 + 0.5 * std::sin(1.7 * static_cast<double>(k) + 0.3),
                       0.5 * std::cos(2.3 * static_cast<double>(k)));
    double norm = 0.0;
    for (int i = 0; i < 12; ++i) {
        const double length = x.norm();
        if (length == 0.0) break;
        x /= length;
        y.noalias() = h * x;
        x.swap(y);
        norm = std::max(norm, x.norm());
    }
    return 1.1 * norm;
}

}  // namespace

/// A completely positive dissipator with K + K† = G decays no faster than 2‖G‖, and with positive
/// semidefinite couplings (projectors) than ‖G‖; −i[H_LS, ·] turns by at most 2‖H_LS‖. Redfield's is not
/// completely positive, but no farther out in any case known; the integrator notices if it ever is.
SpectralBounds spectral_bounds(const System& system, const ComplexMatrix& decay) {
    const ComplexMatrix k = decay + decay.adjoint();
    const ComplexMatrix ls = Complex(0.0, -0.5) * (decay - decay.adjoint());
    const double projectors = std::holds_alternative<SiteProjectors>(system.couplings()) ? 1.0 : 2.0;
    const double rate = projectors * hermitian_norm(k);
    return {system.eigensystem().bandwidth() + 2.0 * hermitian_norm(ls) + 0.02 * rate, rate};
}

}  // namespace redfield::generator
