#pragma once

#include <functional>
#include <utility>

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield::linalg {

/// out = M x of vectors of n numbers; `out` has its size already.
template <class Scalar>
using LinearMap = std::function<void(const VectorOf<Scalar>& x, VectorOf<Scalar>& out)>;

/// A map M⁻¹ that is nearly A⁻¹, and how many vectors a Krylov space of A M⁻¹ may have before GMRES
/// restarts, at least 1.
template <class Scalar>
struct Preconditioner {
    template <class Map>
    Preconditioner(Map map, Index vectors = 60) : apply(std::move(map)), restart(vectors) {}

    LinearMap<Scalar> apply;
    Index restart;
};

template <class Scalar>
struct Solution {
    VectorOf<Scalar> x;
    double residual;  ///< ‖b − Ax‖/‖b‖, computed from x
};

/// Where GMRES begins: x and its residual b − Ax.
template <class Scalar>
struct Guess {
    VectorOf<Scalar> x, residual;
};

struct GmresOptions {
    int cycles = 10;  ///< restarts, at most
    /// Called after each step with the fraction of the digits reached.
    std::function<void(double)> progress = {};
};

/// Ax = b by restarted GMRES (Saad & Schultz, doi:10.1137/0907058), preconditioned from the right, so
/// that the residual it watches is the true one:
///
///     x ← x + M⁻¹ V_k y,   y = argmin ‖ ‖r‖ e_1 − H_k y ‖,   A M⁻¹ V_k = V_{k+1} H_k,   r = b − Ax.
///
/// Each cycle ends at ‖r‖ ≤ rtol ‖b‖, by half of it to be sure, or with M's Krylov space full. GMRES ends
/// there, after `cycles`, or where a cycle takes less than a tenth of the residual away; it is for the
/// caller to judge `Solution::residual`. The last x that A was applied to is the solution, but where the
/// guess is good enough. Scalar is double or Complex; without a guess x = 0 is one.
template <class Scalar>
REDFIELD_EXPORT Solution<Scalar> gmres(const LinearMap<Scalar>& a,
                                       const Preconditioner<Scalar>& precondition,
                                       const VectorOf<Scalar>& b, double rtol,
                                       const GmresOptions& options = {}, Guess<Scalar> guess = {});

extern template REDFIELD_EXPORT Solution<double> gmres(const LinearMap<double>&,
                                                       const Preconditioner<double>&, const RealVector&,
                                                       double, const GmresOptions&, Guess<double>);
extern template REDFIELD_EXPORT Solution<Complex> gmres(const LinearMap<Complex>&,
                                                        const Preconditioner<Complex>&,
                                                        const VectorOf<Complex>&, double,
                                                        const GmresOptions&, Guess<Complex>);

}  // namespace redfield::linalg
