#pragma once

#include <limits>

namespace redfield::base {

/// The distance from 1 to the next double, 2⁻⁵².
inline constexpr double epsilon = std::numeric_limits<double>::epsilon();

}  // namespace redfield::base
