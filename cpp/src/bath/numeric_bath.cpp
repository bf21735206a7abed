#include "redfield/bath/numeric_bath.hpp"

#include <algorithm>
#include <cmath>

#include "bath/memory.hpp"
#include "bath/quadrature.hpp"
#include "bath/thermal_quadrature.hpp"
#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

/// Rounding of C by quadrature, of the largest |C|.
constexpr double quadrature_noise = 1e-14;

template <class Function>
Function required(Function f, const char* name) {
    require(static_cast<bool>(f), "NumericBath: ", name, " is an empty function");
    return f;
}

}  // namespace

NumericBath::NumericBath(std::shared_ptr<const bath::Quadrature> quadrature)
    : quadrature_(std::move(quadrature)) {}

NumericBath::NumericBath(Function power_spectrum, std::vector<Feature> features, Ends ends)
    : quadrature_(std::make_shared<bath::GivenSpectrum>(
          required(std::move(power_spectrum), "power_spectrum"), std::move(features),
          bath::Quadrature::Ends{ends.low, ends.high})) {}

NumericBath NumericBath::thermal(Bosons bosons, std::vector<Feature> features, Ends ends) {
    return NumericBath(std::make_shared<bath::ThermalQuadrature>(
        bath::ThermalQuadrature::Bosons{required(std::move(bosons.spectral_density), "spectral_density"),
                                        bosons.beta, bosons.mu, bosons.rate_at_zero, bosons.cutoff},
        std::move(features), bath::Quadrature::Ends{ends.low, ends.high}));
}

void NumericBath::power_spectrum(const double* w, double* gamma, Index count) const {
    quadrature_->power_spectrum(w, gamma, count);
}

void NumericBath::lamb_shift(const double* w, double* eta, Index count) const {
    quadrature_->lamb_shift(w, eta, count);
}

void NumericBath::correlation(const double* t, Complex* c, Index count) const {
    quadrature_->correlation(t, c, count);
}

double NumericBath::power_spectrum(double w) const {
    double gamma = 0.0;
    power_spectrum(&w, &gamma, 1);
    return gamma;
}

double NumericBath::lamb_shift(double w) const {
    double eta = 0.0;
    lamb_shift(&w, &eta, 1);
    return eta;
}

Complex NumericBath::correlation(double t) const {
    Complex c = 0.0;
    correlation(&t, &c, 1);
    return c;
}

double NumericBath::lamb_shift_error() const { return quadrature_->lamb_shift_error(); }

const std::vector<Feature>& NumericBath::features() const { return quadrature_->features(); }

double NumericBath::time_scale() const {
    double fastest = 0.0;
    for (const Feature& feature : features())
        fastest = std::max(fastest, std::abs(feature.at) + feature.width);
    return 1.0 / fastest;
}

double NumericBath::noise() const { return quadrature_noise; }

Windowed NumericBath::windowed(const RealVector& w, double window) const {
    if (auto found = quadrature_->windowed(w, window)) return *found;
    return bath::windowed_over_times(*this, w, window);
}

}  // namespace redfield
