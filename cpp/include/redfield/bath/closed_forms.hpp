#pragma once

#include <string_view>

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/bath/derivatives.hpp"
#include "redfield/redfield_export.h"

/// The baths of three numbers whose γ, η and C are closed forms. Bindings reach each by its name.
namespace redfield {

/// Bosons with J(ω) = λω e^{−ω/ω_c} at inverse temperature β, the bath of arXiv:2507.10080, Eq. 16:
///   γ(ω) = λω e^{−|ω|/ω_c} / (1 − e^{−βω}),  γ(0) = λ/β,
///   η(ω) = λ/2π { [g(a_0ω) − 1]/a_0 + Σ_{k≥1} [g(a_kω) − g(−a_kω)]/a_k },
/// with a_k = 1/ω_c + kβ and g(z) = z e^{−z} Ei(z).
class REDFIELD_EXPORT OhmicBath {
  public:
    static constexpr std::string_view name = "ohmic";
    /// λ ≥ 0, dimensionless; ω_c > 0, an energy, infinite for no cutoff; β > 0, infinite for zero
    /// temperature. std::invalid_argument otherwise.
    OhmicBath(double strength, double cutoff, double beta);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    /// η(ω), a rate, to about 1e-12 of its largest value; std::invalid_argument without a cutoff, where
    /// it diverges.
    double lamb_shift(double w) const;
    /// η at `count` frequencies; ±ω next to each other cost little more than one.
    void lamb_shift(const double* w, double* out, Index count) const;
    /// C(t) = λ/2π { 1/(a_0 + it)² + 2 Re Σ_{k≥1} 1/(a_k + it)² }, an energy squared;
    /// std::invalid_argument without a cutoff, where C(0) diverges.
    Complex correlation(double t) const;
    /// Over which C varies first, 1/ω_c.
    double time_scale() const { return inverse_cutoff_; }
    /// Where γ varies.
    std::vector<Feature> features() const;
    /// dΓ/dω and ∂Γ/∂p of λ, ω_c and β, of ½γ alone without `lamb_shift`.
    /// At ω = 0, where e^{−|ω|/ω_c} has a kink and η ∝ ω ln|ω|, dγ/dω is the mean of both sides and dη/dω
    /// infinite; with respect to an infinite number the derivative is 0.
    DerivativesAt<3> derivatives(double w, bool lamb_shift = true) const;
    /// ∂Γ/∂s at s = 1 of the bath with J(ω) = λω_c(ω/ω_c)^s e^{−ω/ω_c}, ∂γ/∂s = γ ln(|ω|/ω_c). At ω = 0
    /// that is −∞ at finite temperature; ∂η/∂s jumps there, and has the mean of both sides.
    Complex exponent_derivative(double w, bool lamb_shift = true) const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    double strength_, inverse_cutoff_, beta_;
};

/// Bosons with the Drude-Lorentz density J(ω) = λωω_c²/(ω² + ω_c²) at inverse temperature β:
///   γ(ω) = J(ω)/(1 − e^{−βω}),  γ(0) = λ/β,
///   η(ω) = λω_c²/(ω² + ω_c²) { −ω_c/4 + ω/2π [ π/βω_c + Re ψ(1 + iβω/2π) − ψ(1
///   + βω_c/2π) ] },
/// ψ the digamma function; at β = ∞ the bracket is ln|ω/ω_c|. The formula is what the sum over Matsubara
/// frequencies gives once its terms are taken together: no pole of J meets one of coth in it.
class REDFIELD_EXPORT DrudeBath {
  public:
    static constexpr std::string_view name = "drude";
    /// λ ≥ 0, dimensionless; ω_c > 0, an energy; β > 0, infinite for zero temperature.
    /// std::invalid_argument otherwise.
    DrudeBath(double strength, double cutoff, double beta);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// C(t), an energy squared, which diverges as −ln t at 0, C(−t) = C(t)*. With ν_k = 2πk/β, for t > 0
    ///   C(t) = λω_c²/4 [cot(βω_c/2) − i] e^{−ω_ct} + λω_c²/β Σ_{k≥1} ν_k e^{−ν_kt}/(ν_k² − ω_c²),
    /// whose poles at βω_c = 2πk cancel in closed form here and whose sum is done.
    Complex correlation(double t) const;
    /// Over which C varies.
    double time_scale() const { return 1.0 / cutoff_; }
    /// Where γ varies.
    std::vector<Feature> features() const;
    /// dΓ/dω and ∂Γ/∂p of λ, ω_c and β, of ½γ alone without `lamb_shift`.
    /// At β = ∞ those at ω = 0 are as OhmicBath's: dγ/dω the mean of both sides, dη/dω infinite, ∂Γ/∂β 0.
    DerivativesAt<3> derivatives(double w, bool lamb_shift = true) const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    double strength_, cutoff_, beta_;
    double at_cutoff_;  // ψ(1 + βω_c/2π) − π/βω_c
};

/// A damped mode, C(t) = ½λW e^{−iω_0t − W|t|}, which has no temperature:
///   γ(ω) = λ W²/((ω − ω_0)² + W²),  η(ω) = ½λ W(ω − ω_0)/((ω − ω_0)² + W²).
class REDFIELD_EXPORT LorentzianBath {
  public:
    static constexpr std::string_view name = "lorentzian";
    /// λ ≥ 0, the largest rate; W > 0 and ω_0, energies. std::invalid_argument otherwise.
    LorentzianBath(double strength, double width, double centre = 0.0);

    /// γ(ω), a rate.
    double power_spectrum(double w) const;
    /// η(ω), a rate.
    double lamb_shift(double w) const;
    /// C(t), an energy squared.
    Complex correlation(double t) const;
    /// Over which C varies first.
    double time_scale() const;
    /// Where γ varies.
    std::vector<Feature> features() const;
    /// dΓ/dω and ∂Γ/∂p of λ, W and ω_0, of ½γ alone without `lamb_shift`.
    DerivativesAt<3> derivatives(double w, bool lamb_shift = true) const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    double strength_, width_, centre_;
};

namespace bath {

template <class... Baths>
struct List {};

/// Every bath of this file.
using ClosedForms = List<OhmicBath, DrudeBath, LorentzianBath>;

}  // namespace bath

}  // namespace redfield
