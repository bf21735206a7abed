#pragma once

#include <array>

namespace redfield::bath {

/// Terms of the sum over k of an Ohmic bath taken one by one; Euler and Maclaurin sum the rest.
constexpr int terms = 8;
/// B_2m/(2m)!, m = 1 … 7.
constexpr std::array<double, 7> bernoulli{1.0 / 12,         -1.0 / 720,     1.0 / 30240,
                                          -1.0 / 1209600,   1.0 / 47900160, -691.0 / 1307674368000,
                                          1.0 / 74724249600};

}  // namespace redfield::bath
