#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "redfield/driven/time_operator.hpp"
#include "redfield/system/system.hpp"

namespace redfield::driven {

/// γ/2 of a bath and, with two components, η as functions of ω; at ω = 0, where γ may jump, apart.
struct Spectrum {
    PiecewisePolynomial pieces;
    double half_rate_at_zero;
    double lamb_shift_at_zero;

    bool shifts() const { return pieces.components() > 1; }
    /// Γ(ω) = γ/2 + iη.
    Complex at(double frequency) const {
        double value[2] = {half_rate_at_zero, lamb_shift_at_zero};
        if (frequency != 0.0) pieces.at(frequency, value);
        return {std::max(value[0], 0.0), shifts() ? value[1] : 0.0};
    }
};

/// H(t) coupled through Σ_j A_j(t) ⊗ B_j to independent baths.
class REDFIELD_EXPORT System {
  public:
    /// Couplings that do not change.
    System(TimeOperator hamiltonian, Couplings couplings, std::vector<Spectrum> spectra,
           std::vector<Index> bath_of_coupling);
    System(TimeOperator hamiltonian, std::vector<TimeOperator> couplings, std::vector<Spectrum> spectra,
           std::vector<Index> bath_of_coupling);

    Index dimension() const { return hamiltonian_.dimension(); }
    /// The system at a moment: its eigenbasis, its couplings, the spectra at its Bohr frequencies.
    /// std::invalid_argument where H is not Hermitian there, or its Bohr frequencies leave the spectra's.
    redfield::System at(const Moment& moment) const;
    const TimeOperator& hamiltonian() const { return hamiltonian_; }
    /// The couplings, or null where they change.
    const Couplings* fixed_couplings() const { return fixed_.get(); }
    /// The intervals in which steps resolve H and the couplings up to `action` (`Resolution::action_of`);
    /// none goes over one of `breaks`.
    Resolution resolution(const std::vector<double>& breaks, double action) const;

  private:
    TimeOperator hamiltonian_;
    std::shared_ptr<const Couplings> fixed_;  ///< null where they change
    std::vector<TimeOperator> couplings_;
    std::vector<Spectrum> spectra_;
    std::vector<Index> bath_of_coupling_;
};

}  // namespace redfield::driven
