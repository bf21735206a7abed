#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

namespace bath {
class Quadrature;
}

/// A bath with a power spectrum of your own, whose η and C are taken of it by quadrature:
///   η(ω) = (1/2π) P∫ dν γ(ν)/(ω − ν),   C(t) = ∫ dν/2π γ(ν) e^{−iνt}.
/// They are good to about 1e-12 of the largest rate; `lamb_shift_error` bounds what the quadrature
/// leaves. Copies share what has been integrated; safe to ask from several threads at once.
class REDFIELD_EXPORT NumericBath {
  public:
    /// A function at `count` frequencies; the calling thread alone calls it.
    using Function = std::function<void(const double* w, double* out, Index count)>;
    /// Whether γ vanishes below the first and above the last feature.
    struct Ends {
        bool low = false, high = false;
    };

    /// γ(ω) ≥ 0, a rate, and every frequency where it is not smooth or varies fast. std::invalid_argument
    /// without a feature, or where one is not finite or its width not positive.
    NumericBath(Function power_spectrum, std::vector<Feature> features, Ends ends);
    NumericBath(Function power_spectrum, std::vector<Feature> features)
        : NumericBath(std::move(power_spectrum), std::move(features), Ends{}) {}
    /// γ(ω) of one frequency at a time.
    template <class Gamma, std::enable_if_t<std::is_invocable_r_v<double, Gamma&, double>, int> = 0>
    NumericBath(Gamma gamma, std::vector<Feature> features)
        : NumericBath(Function([gamma = std::move(gamma)](const double* w, double* out, Index count) {
                          for (Index k = 0; k < count; ++k) out[k] = gamma(w[k]);
                      }),
                      std::move(features), Ends{}) {}

    /// Bosons with a spectral density J(ω > 0) at inverse temperature β (infinite for zero) and μ ≤ 0:
    ///   γ(ω) = J(ω)[1 + n(ω)] for ω > 0, J(|ω|) n(|ω|) for ω < 0,   n(ω) = 1/(e^{β(ω − μ)} − 1).
    struct Bosons {
        Function spectral_density;  ///< J(ω ≥ 0) ≥ 0, a rate
        double beta;
        double rate_at_zero;  ///< γ(0), the limit of J n
        double cutoff;        ///< energy over which J varies
        double mu = 0.0;
    };
    static NumericBath thermal(Bosons bosons, std::vector<Feature> features, Ends ends);
    static NumericBath thermal(Bosons bosons, std::vector<Feature> features) {
        return thermal(std::move(bosons), std::move(features), Ends{});
    }

    /// γ at `count` frequencies, a rate.
    void power_spectrum(const double* w, double* gamma, Index count) const;
    double power_spectrum(double w) const;
    /// η at `count` frequencies, a rate; more than 4000 are interpolated. std::invalid_argument where γ
    /// does not fall off, so that the integral diverges; ConvergenceError where η is not known to 1e-8 of
    /// the rates and shifts at these frequencies.
    void lamb_shift(const double* w, double* eta, Index count) const;
    double lamb_shift(double w) const;
    /// An upper estimate of the absolute error of η, interpolation included.
    double lamb_shift_error() const;
    /// C at `count` times, an energy squared; to 1e-14 of the largest |C|.
    void correlation(const double* t, Complex* c, Index count) const;
    Complex correlation(double t) const;
    /// Time over which C varies first, and the rounding of C in its largest value.
    double time_scale() const;
    double noise() const;
    /// Frequencies where γ varies.
    const std::vector<Feature>& features() const;
    /// Γ_T(ω) and its derivative; over frequencies where γ ends abruptly, so that C turns for ever.
    Windowed windowed(const RealVector& w, double window) const;
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const { return {0.5 * power_spectrum(w), lamb_shift(w)}; }

  private:
    explicit NumericBath(std::shared_ptr<const bath::Quadrature> quadrature);
    std::shared_ptr<const bath::Quadrature> quadrature_;
};

}  // namespace redfield
