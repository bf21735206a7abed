#pragma once

#include <optional>
#include <vector>

#include "redfield/bath/derivatives.hpp"
#include "redfield/bath/numeric_bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// A damped harmonic mode between the system and a thermal bath at inverse temperature β, with
///   J(ω) = λΓΩ²ω/[(Ω² − ω²)² + Γ²ω²] = Σ_k r_k[1/(ω − p_k) + 1/(ω + p_k)]
/// over the poles p_k in the lower half plane. With a_k = iβp_k/2π and b = −iβω/2π, η is the imaginary
/// part of
///   Γ(ω) = Σ_k ½r_k [1 + coth(βp_k/2)]/(ω − p_k)
///          + Σ_k (r_kβ/4π²) Σ_± [ψ(1 ± a_k) − ψ(1 + b)]/(±a_k − b),
/// ψ the digamma function; at β = ∞ and at critical damping, where the poles coincide, it is integrated,
/// and C always. Copies share what has been integrated.
class REDFIELD_EXPORT UnderdampedBath {
  public:
    /// λ ≥ 0, an energy; Ω > 0 and Γ > 0, of the mode; β > 0, infinite for zero temperature.
    /// std::invalid_argument otherwise.
    UnderdampedBath(double strength, double frequency, double damping, double beta);

    /// γ at `count` frequencies, a rate.
    void power_spectrum(const double* w, double* gamma, Index count) const;
    double power_spectrum(double w) const;
    /// η at `count` frequencies, a rate.
    void lamb_shift(const double* w, double* eta, Index count) const;
    double lamb_shift(double w) const;
    /// An upper estimate of the absolute error of η.
    double lamb_shift_error() const;
    /// C at `count` times, an energy squared.
    void correlation(const double* t, Complex* c, Index count) const;
    Complex correlation(double t) const;
    /// Time over which C varies first.
    double time_scale() const { return numeric_.time_scale(); }
    double noise() const { return numeric_.noise(); }
    /// Frequencies where γ varies.
    const std::vector<Feature>& features() const { return numeric_.features(); }
    /// dΓ/dω and ∂Γ/∂p of λ, Ω, Γ and β, of ½γ alone without `lamb_shift`. At β = ∞ those at ω = 0 are
    /// as OhmicBath's: dγ/dω the mean of both sides, dη/dω infinite, ∂Γ/∂β 0.
    DerivativesAt<4> derivatives(double w, bool lamb_shift = true) const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    /// A pole and what of its terms does not depend on ω.
    struct Pole {
        Complex place, resonance;  ///< p and ½r(1 + coth)
        Complex a, psi, mirrored;  ///< a, ψ(1 + a) and ψ(1 − a)
        Complex scale;             ///< rβ/4π²
    };
    bool closed_form() const { return !poles_.empty(); }

    double strength_, frequency_, damping_, beta_, far_;
    NumericBath numeric_;
    std::vector<Pole> poles_;  ///< none where η is integrated
    double copies_ = 1.0;      ///< nudged sets of poles, whose mean η is
    double error_ = 0.0;
};

}  // namespace redfield
