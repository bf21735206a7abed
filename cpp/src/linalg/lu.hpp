#pragma once

#include <Eigen/LU>

#include "redfield/base/types.hpp"

// LU factors that are kept are compiled once, in decompositions.cpp.
extern template class Eigen::PartialPivLU<redfield::RealMatrix>;
extern template class Eigen::PartialPivLU<redfield::ComplexMatrix>;
