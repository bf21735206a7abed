#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bath/edges.hpp"
#include "bath/panels.hpp"
#include "bath/sampled.hpp"
#include "redfield/bath/bath.hpp"

namespace redfield::bath {

/// The Lamb shift at many frequencies from panels of its own, expanded between the lowest and the highest
/// of them once; at a few frequencies, and at features, where it may be infinite, it is asked itself.
class ManyShifts {
  public:
    /// `tol`: error of the interpolation, of the largest |η|.
    explicit ManyShifts(double tol) : tol_(tol) {}
    double tol() const { return tol_; }
    /// Features in ascending order.
    void operator()(const Sampled<double>& shift, const std::vector<Feature>& features, const double* w,
                    double* eta, Index count) const;

  private:
    struct Known {
        double low, high;
        Panels<double> eta;
    };
    double tol_;
    Cached<Known> known_;
};

/// η and C of a power spectrum by quadrature.
///
/// γ is expanded once in Legendre polynomials on adaptive panels, fine at its features, and in power laws
/// beside and beyond them; both transforms of those are closed forms. An expansion that misses γ at a
/// probe or at a frequency that is asked for is refined there. Safe to ask from several threads at once.
class Quadrature {
  public:
    /// Whether γ vanishes below the first and above the last feature.
    struct Ends {
        bool low = false, high = false;
    };
    Quadrature(std::vector<Feature> features, Ends ends);
    virtual ~Quadrature() = default;
    Quadrature(const Quadrature&) = delete;
    Quadrature& operator=(const Quadrature&) = delete;

    const std::vector<Feature>& features() const { return features_; }
    /// γ at `count` frequencies.
    virtual void power_spectrum(const double* w, double* gamma, Index count) const = 0;
    /// η at `count` frequencies. std::invalid_argument where γ does not fall off, so that the integral
    /// diverges; ConvergenceError where η is not known to 1e-8 of the rates and shifts asked for.
    void lamb_shift(const double* w, double* eta, Index count) const;
    /// An upper estimate of the absolute error of `lamb_shift`, its interpolation included.
    double lamb_shift_error() const;
    virtual void correlation(const double* t, Complex* c, Index count) const;
    /// Γ_T and its derivative over frequencies, where γ ends abruptly, so that C turns for ever, and the
    /// window holds many turns.
    std::optional<Windowed> windowed(const RealVector& w, double window) const;

    /// Highest frequency of a γ that ends abruptly, with which C turns for ever; else 0.
    double fastest() const;

  protected:
    enum class Transform { hilbert, fourier };
    struct Shifts {
        RealVector value, error,
            size;  ///< 2πη, its estimated error, and ∫|γ(ν)/(ω − ν)|dν
    };
    virtual Shifts shifts(const RealVector& w) const;
    /// A bound of γ on its panels, and of the error of η that they leave.
    virtual double largest_rate() const;
    virtual double expansion_error() const;

    /// How an expansion ends on one side, or std::invalid_argument: its integral diverges there.
    Outward ending(const Sampled<double>& f, double start, double width, double side, double reach,
                   Transform transform) const;
    [[noreturn]] static void diverges(Transform transform, const std::string& how,
                                      const std::string& where = "at high frequencies");
    static void require_falling(const std::vector<PowerLaw>& laws);
    /// Where expansions are compared with what they expand.
    std::vector<double> probes() const;

    Ends ends_;

  private:
    Panels<double> expanded(double reach, const std::vector<double>& extra, Transform transform) const;
    std::vector<PowerLaw> inner_laws(const Sampled<double>& gamma, const std::vector<double>& edges,
                                     Transform transform) const;
    std::shared_ptr<const Panels<double>> panels() const;
    std::shared_ptr<const Panels<double>> panels_for(const RealVector& w) const;
    void shift_at(const double* w, double* eta, Index count) const;

    std::vector<Feature> features_;
    Cached<Panels<double>> panels_, fourier_panels_;
    ManyShifts many_{1e-11};
};

/// γ of a function.
class GivenSpectrum : public Quadrature {
  public:
    GivenSpectrum(Sampled<double> gamma, std::vector<Feature> features, Ends ends)
        : Quadrature(std::move(features), ends), gamma_(std::move(gamma)) {}
    void power_spectrum(const double* w, double* gamma, Index count) const override {
        gamma_(w, gamma, count);
    }

  private:
    Sampled<double> gamma_;
};

}  // namespace redfield::bath
