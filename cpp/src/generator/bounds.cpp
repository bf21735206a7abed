#include "generator/bounds.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lanczos.hpp"

namespace redfield::generator {

namespace {

/// Largest |eigenvalue| of a Hermitian matrix, a few percent above what power iteration reaches; of a few
/// levels their bound ‖h‖_F, for less than the rest of an equation takes to build.
double hermitian_norm(const ComplexMatrix& h) {
    const Index n = h.rows();
    if (n <= 5) return h.norm();
    Eigen::VectorXcd x = linalg::without_symmetry(n), y(n);
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
SpectralBounds spectral_bounds(double bandwidth, const ComplexMatrix& decay, bool positive) {
    const ComplexMatrix k = decay + decay.adjoint();
    const ComplexMatrix ls = Complex(0.0, -0.5) * (decay - decay.adjoint());
    const double rate = (positive ? 1.0 : 2.0) * hermitian_norm(k);
    return {bandwidth + 2.0 * hermitian_norm(ls) + 0.02 * rate, rate};
}

SpectralBounds spectral_bounds(const SparseMatrix& g) {
    const SparseMatrix adjoint = g.adjoint();
    const linalg::Range h = linalg::spectral_range(SparseMatrix(Complex(0.0, 0.5) * (g - adjoint)));
    const linalg::Range k = linalg::spectral_range(SparseMatrix(-(g + adjoint)));
    const double rate = 2.0 * std::max(std::abs(k.least), std::abs(k.most));
    return {h.most - h.least + 0.02 * rate, rate};
}

SpectralBounds spectral_bounds(const System& system, const ComplexMatrix& decay) {
    return spectral_bounds(system.eigensystem().bandwidth(), decay,
                           std::holds_alternative<SiteProjectors>(system.couplings()));
}

}  // namespace redfield::generator
