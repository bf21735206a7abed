#pragma once

#include <Eigen/Eigenvalues>
#include <cmath>
#include <random>
#include <redfield/redfield.hpp>
#include <unsupported/Eigen/KroneckerProduct>
#include <unsupported/Eigen/MatrixFunctions>
#include <vector>

// Reference solutions that share no code with the library: the equations written out with dense complex
// matrices in the given basis.
namespace reference {

using redfield::Complex;
using redfield::ComplexMatrix;
using redfield::Index;
using redfield::RealMatrix;
using redfield::RealVector;

inline ComplexMatrix random_matrix(Index n, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal;
    ComplexMatrix a(n, n);
    for (Index i = 0; i < a.size(); ++i) a.data()[i] = Complex(normal(engine), normal(engine));
    return a;
}

inline ComplexMatrix random_hermitian(Index n, unsigned seed) {
    const ComplexMatrix a = random_matrix(n, seed);
    return 0.5 * (a + a.adjoint());
}

inline ComplexMatrix random_state(Index n, unsigned seed) {
    const ComplexMatrix a = random_matrix(n, seed);
    const ComplexMatrix rho = a * a.adjoint();
    return rho / rho.trace();
}

/// A thermal spectrum with a non-zero odd imaginary part.
inline Complex one_sided_gamma(double w, double strength = 0.3) {
    const double x = std::abs(w) < 1e-12 ? 1.0 : w / -std::expm1(-w);
    return strength * Complex(0.5 * x * std::exp(-std::abs(w) / 4.0), 0.2 * std::sin(w) - 0.1);
}

inline ComplexMatrix lambda(const ComplexMatrix& h, const ComplexMatrix& a,
                            const redfield::OneSided& bath) {
    const Eigen::SelfAdjointEigenSolver<ComplexMatrix> solver(h);
    const ComplexMatrix u = solver.eigenvectors();
    ComplexMatrix inner = u.adjoint() * a * u;
    for (Index k = 0; k < h.rows(); ++k)
        for (Index l = 0; l < h.rows(); ++l)
            inner(k, l) *= bath(solver.eigenvalues()[l] - solver.eigenvalues()[k]);
    return u * inner * u.adjoint();
}

inline ComplexMatrix redfield_rhs(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                                  const std::vector<redfield::OneSided>& baths,
                                  const ComplexMatrix& rho) {
    ComplexMatrix out = Complex(0.0, -1.0) * (h * rho - rho * h);
    for (std::size_t j = 0; j < couplings.size(); ++j) {
        const ComplexMatrix& a = couplings[j];
        const ComplexMatrix l = lambda(h, a, baths[baths.size() == 1 ? 0 : j]);
        out +=
            l * rho * a.adjoint() + a * rho * l.adjoint() - a.adjoint() * l * rho - rho * l.adjoint() * a;
    }
    return out;
}

/// exp(t 𝓛)ρ through the N²×N² matrix of `rhs`.
template <class Rhs>
ComplexMatrix evolve(const Rhs& rhs, const ComplexMatrix& rho, double t) {
    const Index n = rho.rows();
    ComplexMatrix dense(n * n, n * n), unit = ComplexMatrix::Zero(n, n);
    for (Index i = 0; i < n * n; ++i) {
        unit.data()[i] = 1.0;
        const ComplexMatrix image = rhs(unit);
        dense.col(i) = Eigen::Map<const Eigen::VectorXcd>(image.data(), n * n);
        unit.data()[i] = 0.0;
    }
    const Eigen::VectorXcd out =
        (dense * t).exp() * Eigen::Map<const Eigen::VectorXcd>(rho.data(), n * n);
    return Eigen::Map<const ComplexMatrix>(out.data(), n, n);
}

inline std::vector<ComplexMatrix> projectors(Index n) {
    std::vector<ComplexMatrix> out;
    for (Index j = 0; j < n; ++j) {
        out.push_back(ComplexMatrix::Zero(n, n));
        out.back()(j, j) = 1.0;
    }
    return out;
}

inline double trace_norm(const ComplexMatrix& a) {
    return Eigen::JacobiSVD<ComplexMatrix>(a).singularValues().sum();
}

}  // namespace reference
