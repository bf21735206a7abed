#pragma once

namespace redfield::bath {

constexpr double pi = 3.14159265358979323846;
/// Euler and Mascheroni\'s γ.
constexpr double euler_gamma = 0.57721566490153286061;

}  // namespace redfield::bath
