#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "redfield/bath/power_spectrum.hpp"
#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// What a table says of frequencies it does not have. η takes γ = 0 there in either case.
enum class Outside {
    error,  ///< std::invalid_argument
    zero,   ///< γ = 0
};

/// A power spectrum known at a list of frequencies; between them γ is the monotone cubic of Fritsch and
/// Butland (doi:10.1137/0905021), which does not overshoot and so stays positive. η is the Hilbert
/// transform of this interpolant to rounding. Usable as a redfield::OneSided; copies share their table.
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
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// Where γ varies.
    std::vector<PowerSpectrum::Feature> features() const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    struct Table;
    TabulatedBath(const std::vector<double>& frequencies, const std::vector<double>& values,
                  std::optional<double> beta, Outside outside);
    std::shared_ptr<const Table> table_;
};

}  // namespace redfield
