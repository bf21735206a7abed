#include "redfield/bath/correlation_function.hpp"

#include <cmath>

#include "redfield/linalg/errors.hpp"

namespace redfield {

CorrelationFunction::CorrelationFunction(Function function, double time_scale, double noise)
    : function_(std::move(function)), time_scale_(time_scale), noise_(noise) {
    require(static_cast<bool>(function_), "CorrelationFunction: C is an empty function");
    require(std::isfinite(time_scale) && time_scale > 0.0,
            "CorrelationFunction: time_scale must be positive and finite, got ", time_scale);
    require(noise >= 0.0, "CorrelationFunction: noise must not be negative, got ", noise);
}

void CorrelationFunction::evaluate(const double* t, Complex* c, Index count) const {
    function_(t, c, count);
    for (Index k = 0; k < count; ++k)
        require(std::isfinite(c[k].real()) && std::isfinite(c[k].imag()), "CorrelationFunction: C(", t[k],
                ") is not finite");
}

}  // namespace redfield
