#pragma once

#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/system/couplings.hpp"
#include "trajectories/expansion.hpp"

/// Factors X of ρ = XX†.
namespace redfield::trajectories {

/// e^{Gτ}X, eight columns at a time.
ComplexMatrix propagated(const Form& form, const ComplexMatrix& x, double tau, double tolerance,
                         int threads);

/// ‖e^{G(t − t₀)}ψ‖²/‖ψ‖² at each of the ascending times, t₀ the first of them; 0 from the first on that
/// falls below `least`.
RealVector survival_of(const Form& form, const Eigen::VectorXcd& ket, const std::vector<double>& times,
                       double least);

/// Y with YY† = ΣL_jXX†L_j†: the L_jX side by side.
ComplexMatrix jumped(const Operators& jumps, const ComplexMatrix& x, int threads);

/// √a X and √b Y side by side.
ComplexMatrix together(double a, const ComplexMatrix& x, double b, const ComplexMatrix& y);

/// Columns C with XX† − CC† ⪰ 0 of a trace of at most `drop`, which is added to `dropped`: pivoted
/// Cholesky factors of XX†, of which only the columns that are taken are computed.
ComplexMatrix spanned(const ComplexMatrix& x, double drop, int threads, double& dropped);

/// Columns as of spanned(), but orthogonal and as few as there can be.
ComplexMatrix compressed(const ComplexMatrix& x, double drop, int threads, double& dropped);

/// ‖XX† − YY†‖₁.
double trace_distance_of(const ComplexMatrix& x, const ComplexMatrix& y);

}  // namespace redfield::trajectories
