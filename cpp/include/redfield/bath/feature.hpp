#pragma once

namespace redfield {

/// A frequency where a power spectrum is not smooth or varies fast, and the distance over which it does.
struct Feature {
    double at, width;
};

}  // namespace redfield
