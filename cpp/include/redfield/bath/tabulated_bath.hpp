#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// The value of a table at frequencies it does not have. η takes γ = 0 there in either case.
enum class Outside {
    error,  ///< std::invalid_argument
    zero,   ///< γ = 0
};

/// A power spectrum known at a list of frequencies; between them γ is the monotone cubic of Fritsch and
/// Butland (doi:10.1137/0905021), which does not overshoot and so stays positive. η is the Hilbert
/// transform of this interpolant to rounding, infinite where it ends with a jump. Copies share their
/// table.
class REDFIELD_EXPORT TabulatedBath {
  public:
    /// Ascending frequencies, energies, at least two, and γ ≥ 0 at them, rates. std::invalid_argument
    /// otherwise.
    TabulatedBath(const std::vector<double>& frequencies, const std::vector<double>& values,
                  Outside outside = Outside::error);
    /// A table for ω ≥ 0 that starts at 0, completed by detailed balance, γ(−ω) = e^{−βω}γ(ω); β > 0,
    /// infinite for zero temperature.
    static TabulatedBath thermal(const std::vector<double>& frequencies,
                                 const std::vector<double>& values, double beta,
                                 Outside outside = Outside::error);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    void power_spectrum(const double* w, double* gamma, Index count) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// η at `count` frequencies; more than 4000 are interpolated, to 1e-8 of the largest γ.
    void lamb_shift(const double* w, double* eta, Index count) const;
    /// An upper estimate of the absolute error of η, interpolation included.
    double lamb_shift_error() const;
    /// C(t) of the interpolant, an energy squared.
    Complex correlation(double t) const;
    void correlation(const double* t, Complex* c, Index count) const;
    /// Time over which C varies first, and the rounding of C in its largest value.
    double time_scale() const;
    double noise() const;
    /// Γ_T(ω) and its derivative of the interpolant, whose C turns for ever where γ ends with a jump.
    Windowed windowed(const RealVector& w, double window) const;
    /// Frequencies where γ varies: the knots.
    const std::vector<Feature>& features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    struct Table;
    TabulatedBath(const std::vector<double>& frequencies, const std::vector<double>& values,
                  std::optional<double> beta, Outside outside);
    std::shared_ptr<const Table> table_;
};

}  // namespace redfield
