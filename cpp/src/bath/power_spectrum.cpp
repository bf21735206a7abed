#include "redfield/bath/power_spectrum.hpp"

#include <cmath>

#include "redfield/linalg/errors.hpp"

namespace redfield {

PowerSpectrum::PowerSpectrum(Function power_spectrum, std::vector<Feature> features)
    : power_spectrum_(std::move(power_spectrum)), features_(std::move(features)) {
    require(static_cast<bool>(power_spectrum_), "PowerSpectrum: power_spectrum is an empty function");
    require(!features_.empty(),
            "PowerSpectrum: features must say where the power spectrum varies, got none");
    for (const Feature& feature : features_) {
        require(std::isfinite(feature.at), "PowerSpectrum: a feature lies at ", feature.at);
        require(std::isfinite(feature.width) && feature.width > 0.0, "PowerSpectrum: the feature at ",
                feature.at, " must have a positive width, got ", feature.width);
    }
}

void PowerSpectrum::root(const double* w, double* out, Index count) const {
    power_spectrum_(w, out, count);
    for (Index k = 0; k < count; ++k) {
        require(out[k] >= 0.0, "PowerSpectrum: the power spectrum at ", w[k], " is ", out[k],
                "; it must not be negative");
        out[k] = std::isfinite(out[k]) ? std::sqrt(out[k]) : 0.0;
    }
}

}  // namespace redfield
