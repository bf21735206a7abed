#pragma once

#include <functional>

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
    /// The preconditioner of B, or of 𝓛, in these units made from one in the plain units.
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

/// A steady state with its estimated error.
struct Judged {
    RealVector state;  ///< of trace 1
    double error;  ///< in trace norm: estimated from what B⁻¹ makes of the residual and of rounding
    bool unique;   ///< whether B was seen to be regular
};

/// The one judgement of every route. Bx = r is solved and its solution improved until its residual
/// changes it by less than tol. Random right-hand sides of rounding's size are then solved for: that B
/// has solutions for them shows that it is regular, and their size tells the error. ConvergenceError
/// where not even Bx = r is solved.
Judged judged(Bordered& system, const Solver& solve, double tol);

/// The estimated error, in trace norm, beyond which a state is not distinguished from its neighbours.
constexpr double distinguished = 1e-2;

}  // namespace redfield::steady
