#include "redfield/bath/bath.hpp"

#include <cmath>

#include "bath/memory.hpp"
#include "bath/sampled.hpp"

namespace redfield {

void Bath::correlation(const double* t, Complex* c, Index count) const {
    form_->correlation(t, c, count);
    for (Index k = 0; k < count; ++k)
        require(std::isfinite(c[k].real()) && std::isfinite(c[k].imag()), "Bath: C(", t[k],
                ") is not finite");
}

double Bath::time_scale() const {
    const double tau = form_->time_scale();
    require(std::isfinite(tau) && tau > 0.0, "Bath: time_scale must be positive and finite, got ", tau);
    return tau;
}

std::vector<Feature> Bath::features() const {
    std::vector<Feature> found = form_->features();
    bath::require_features(found);
    return found;
}

Windowed Bath::windowed(const RealVector& w, double window) const {
    require(window > 0.0, "the window must be positive, got ", window);
    return form_->windowed(*this, w, window);
}

Windowed Bath::windowed_by_times(const Bath& bath, const RealVector& w, double window) {
    return bath::windowed_over_times(bath, w, window);
}

}  // namespace redfield
