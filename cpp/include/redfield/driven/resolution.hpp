#pragma once

#include <utility>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/driven/piecewise_polynomial.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::driven {

/// Bounds on an integrator's steps, so that none passes over a pulse: grids of intervals, in
/// each of which a function of time is a polynomial of few terms, up to a part too small to matter. A
/// step takes at most half of the shortest interval that it touches, or ends where that begins; a stage
/// then lies within every feature, and the error estimate sees it.
class REDFIELD_EXPORT Resolution {
  public:
    /// The resolution of a constant: steps of any length.
    Resolution() = default;
    /// Intervals that are given by their ends, ascending.
    explicit Resolution(std::vector<double> ends);
    /// The widest intervals on each of which sixteen Chebyshev polynomials miss no more than `action` of
    /// ∫‖W f‖dt; none goes over one of `breaks`, ascending.
    ///
    /// `weights`: W, (q, m), energies per unit of the m components of f.
    Resolution(const PiecewisePolynomial& f, const RealMatrix& weights, const std::vector<double>& breaks,
               double action);

    /// The part of ∫‖H‖dt that the intervals of an evolution may miss: a tenth of rtol + atol.
    static double action_of(const IntegrationOptions& options) {
        return 0.1 * (options.rtol + options.atol);
    }

    /// Steps follow the intervals of `other` too.
    void add(const Resolution& other);
    /// The longest step from t on.
    double longest(double t) const;
    /// The part of [first, last], between breaks, outside the narrow pieces in which the function is a
    /// polynomial through a jump.
    std::pair<double, double> clear_of_jumps(double first, double last) const;
    /// The length of the shortest interval; infinity where there are none.
    double narrowest() const;
    const std::vector<std::vector<double>>& grids() const { return grids_; }

  private:
    std::vector<std::vector<double>> grids_;
    std::vector<std::pair<double, double>> jumps_;  ///< the narrow pieces that contain a break
};

}  // namespace redfield::driven
