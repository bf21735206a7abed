#pragma once

namespace redfield::bath {

constexpr double pi = 3.14159265358979323846;

}  // namespace redfield::bath
