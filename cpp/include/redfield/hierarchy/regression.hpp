#pragma once

#include <vector>

#include "redfield/hierarchy/hierarchy.hpp"
#include "redfield/steady/resolvent.hpp"

namespace redfield::hierarchy {

/// Auxiliary operators X_n + iY_n without symmetry, as two vectors of a hierarchy.
struct VectorPair {
    RealMatrix first, second;
};

/// Bρ_nC of every auxiliary operator of a vector, B and C in the basis H was given in:
///
///     X_n = ½(Bρ_nC + C†ρ_nB†),   Y_n = (Bρ_nC − C†ρ_nB†)/2i,
///
/// the parts for which X_n† and Y_n† are the operators of the conjugate index. Of ρ_n = G + iF they are
/// the Hermitian parts of BGC and BFC, and the antihermitian ones over i.
REDFIELD_EXPORT VectorPair multiplied(const Hierarchy& hierarchy, const RealMatrix& y,
                                      const ComplexMatrix& before, const ComplexMatrix& after);

/// tr[a x_0] of the solution of (z − 𝓛)x = y at many z, tr y_0 = 0, a in the basis H was given in: the
/// one-sided Fourier transform of tr[a (e^{𝓛t}y)_0]. GMRES, preconditioned as the steady state is, with
/// the frequencies before recycled. Throws ConvergenceError, Interrupted, std::invalid_argument,
/// std::length_error.
REDFIELD_EXPORT ResolventTrace resolvent_trace(const Hierarchy& hierarchy, const ComplexMatrix& a,
                                               const VectorPair& y, const std::vector<Complex>& z,
                                               const ResolventOptions& options = {});

/// S_j = Σ_k s_k ρ_{e_k} − i(d_jA_jρ − h.c.) over the exponentials of the bath of coupling j, d_j its
/// remainder, Hermitian, in the basis H was given in, of a vector or of the planes of its tiers 0 and 1:
/// the baths move the state by
///
///     ρ̇ = −i[H, ρ] − i Σ_j [A_j, S_j],   so that   −i tr(H [A_j, S_j])   is the energy that bath j
///     gives.
REDFIELD_EXPORT std::vector<ComplexMatrix> bath_forces(const Hierarchy& hierarchy, const RealMatrix& y);

/// Planes of tiers 0 and 1.
REDFIELD_EXPORT Index leading_planes(const Hierarchy& hierarchy);

}  // namespace redfield::hierarchy
