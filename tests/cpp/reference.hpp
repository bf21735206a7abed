#pragma once

#include <Eigen/Core>
#include <functional>
#include <redfield/redfield.hpp>
#include <vector>

// Reference solutions that share no code with the library: the equations written out with dense complex
// matrices in the given basis. Compiled once, in reference.cpp: Eigen's solvers are most of the work.
namespace reference {

using redfield::Complex;
using redfield::ComplexMatrix;
using redfield::Index;
using redfield::RealMatrix;
using redfield::RealVector;

ComplexMatrix random_matrix(Index n, unsigned seed);
ComplexMatrix random_hermitian(Index n, unsigned seed);
ComplexMatrix random_state(Index n, unsigned seed);
/// Two thirds of its entries are zero.
redfield::SparseMatrix random_sparse(Index n, unsigned seed);
ComplexMatrix dense(const redfield::CsrMatrix& m);

/// H = U diag(E) U†.
struct Eigenpairs {
    RealVector energies;
    ComplexMatrix vectors;
};
Eigenpairs diagonalise(const ComplexMatrix& h);
/// Of any matrix, by modulus.
std::vector<Complex> eigenvalues(const ComplexMatrix& matrix);
/// The right singular vector of the least singular value.
Eigen::VectorXcd null_vector(const ComplexMatrix& matrix);
RealMatrix exponential(const RealMatrix& matrix);
double trace_norm(const ComplexMatrix& a);

/// A thermal spectrum with a non-zero odd imaginary part.
Complex one_sided_gamma(double w, double strength = 0.3);
inline const redfield::Bath bath = [](double w) { return one_sided_gamma(w); };

/// −i[H, X].
ComplexMatrix commutator(const ComplexMatrix& h, const ComplexMatrix& x);

ComplexMatrix lambda(const ComplexMatrix& h, const ComplexMatrix& a, const redfield::Bath& bath);

ComplexMatrix redfield_rhs(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                           const std::vector<redfield::Bath>& baths, const ComplexMatrix& rho);

/// exp(t 𝓛)ρ through the N²×N² matrix of `rhs`.
ComplexMatrix evolve(const std::function<ComplexMatrix(const ComplexMatrix&)>& rhs,
                     const ComplexMatrix& rho, double t);

std::vector<ComplexMatrix> projectors(Index n);

redfield::EvolveOptions with(redfield::Method method, double rtol = 1e-8, double atol = 1e-12);

constexpr double pi = 3.14159265358979323846;
/// ∫_a^b f by Simpson's rule.
template <class F>
auto simpson(const F& f, double a, double b, int steps) {
    const double h = (b - a) / steps;
    auto sum = f(a) + f(b);
    for (int k = 1; k < steps; ++k) sum += (k % 2 == 1 ? 4.0 : 2.0) * f(a + h * k);
    return sum * (h / 3.0);
}

}  // namespace reference
