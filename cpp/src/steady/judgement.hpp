#pragma once

#include <functional>

#include "steady/gmres.hpp"
#include "steady/packed_map.hpp"

namespace redfield::steady {

/// Bx = 𝓛x + r tr x with r = w1/N, each element in units of its own rate s_kl = √(ω_kl² + w²), w the
/// dissipative scale. B is regular where 𝓛 has one steady state, and Bx = r has that of trace 1 for its
/// solution. In these units weak dissipation is as well conditioned as strong.
class Bordered {
  public:
    explicit Bordered(PackedMap& map);

    PackedMap& map() { return map_; }
    double weight() const { return weight_; }
    const RealVector& scale() const { return scale_; }  ///< s
    const RealVector& right() const { return right_; }  ///< r/s
    /// out = Bx/s.
    void operator()(const RealVector& x, RealVector& out);
    /// out = 𝓛x/s.
    void stationarity(const RealVector& x, RealVector& out);
    /// What preconditions B in these units where `inverse` does in the plain ones.
    Preconditioner preconditioner(const Preconditioner& inverse) const;
    /// 𝓛 or B in these units as a matrix, of the plain 𝓛.
    RealMatrix scaled(RealMatrix liouvillian) const;
    RealMatrix bordered(RealMatrix scaled_liouvillian) const;

  private:
    PackedMap& map_;
    double weight_;
    RealVector scale_, right_;
};

/// One way of solving Bx/s = y to a relative residual, which it returns as reached; infinite where it
/// fails.
using Solver = std::function<Solution(const RealVector& y, double rtol)>;

/// A steady state and what is known of it.
struct Judged {
    RealVector state;  ///< of trace 1
    double error;  ///< of its trace norm: estimated from what B⁻¹ makes of the residual and of rounding
    bool unique;   ///< whether B was seen to be regular
};

/// The one judgement of every route: the state of Bx = r, improved until what is left of its residual
/// changes it by less than tol, and what random right-hand sides of rounding's size would change in it.
/// That B solves for them shows that it is regular. ConvergenceError where not even the state is found.
Judged judged(Bordered& system, const Solver& solve, double tol);

/// Of trace norm: an estimated error beyond which a state is not told from its neighbours.
constexpr double told_apart = 1e-2;

}  // namespace redfield::steady
