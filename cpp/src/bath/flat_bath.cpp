#include "redfield/bath/flat_bath.hpp"

#include <cmath>

#include "redfield/base/errors.hpp"

namespace redfield {

FlatBath::FlatBath(double rate) : rate_(rate) {
    require(std::isfinite(rate) && rate >= 0.0, "FlatBath: rate must be finite and not negative, got ",
            rate);
}

}  // namespace redfield
