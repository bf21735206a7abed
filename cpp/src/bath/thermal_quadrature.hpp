#pragma once

#include "bath/quadrature.hpp"

namespace redfield::bath {

/// Bosons at inverse temperature β with a spectral density J(ω > 0):
///   γ(ω) = J(ω)[1 + n(ω)] for ω > 0, J(|ω|) n(|ω|) for ω < 0,   n(ω) = 1/(e^{β(ω − μ)} − 1).
/// The transforms are taken of J θ(ω) and of J n, which is even, on panels that double from far below 1/β
/// to far beyond the cutoff, with power laws at either end: the singularity of sub-Ohmic spectra at ω = 0
/// and the tail of slow cutoffs are integrated in closed form.
class ThermalQuadrature : public Quadrature {
  public:
    struct Bosons {
        Sampled<double> density;  ///< J(ω ≥ 0)
        double beta, mu;          ///< β, infinite for zero temperature; μ ≤ 0
        double rate_at_zero;      ///< γ(0), the limit of J n
        double cutoff;            ///< energy over which J varies
    };
    ThermalQuadrature(Bosons bosons, std::vector<Feature> features, Ends ends);

    void power_spectrum(const double* w, double* gamma, Index count) const override;
    void correlation(const double* t, Complex* c, Index count) const override;

  protected:
    Shifts shifts(const RealVector& w) const override;
    double largest_rate() const override;
    double expansion_error() const override;

  private:
    /// J and, at finite temperature, J n.
    struct Halves {
        Panels<double> density;
        std::optional<Panels<double>> thermal;

        double error(double w) const;
    };
    Halves halves_to(double reach, const std::vector<double>& extra, Transform transform) const;
    Panels<double> half(const Sampled<double>& f, double reach, const std::vector<double>& extra,
                        Transform transform) const;
    std::shared_ptr<const Halves> halves() const;
    std::shared_ptr<const Halves> halves_for(const RealVector& w) const;
    void thermal(const double* w, double* out, Index count) const;

    Bosons bosons_;
    double scale_;  ///< the smaller of the cutoff and 4/β
    Cached<Halves> halves_, fourier_halves_;
};

}  // namespace redfield::bath
