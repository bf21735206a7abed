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

ComplexMatrix lambda(const ComplexMatrix& h, const ComplexMatrix& a, const redfield::Bath& bath);

ComplexMatrix redfield_rhs(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                           const std::vector<redfield::Bath>& baths, const ComplexMatrix& rho);

/// exp(t 𝓛)ρ through the N²×N² matrix of `rhs`.
ComplexMatrix evolve(const std::function<ComplexMatrix(const ComplexMatrix&)>& rhs,
                     const ComplexMatrix& rho, double t);

std::vector<ComplexMatrix> projectors(Index n);

}  // namespace reference
