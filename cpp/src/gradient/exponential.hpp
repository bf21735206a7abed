#pragma once

#include <vector>

#include "gradient/path.hpp"
#include "redfield/generator/generator.hpp"
#include "redfield/gradient/sensitivity.hpp"

namespace redfield::gradient {

/// Levels beyond which the matrix is never exponentiated.
constexpr Index most_levels_of_exponential = 12;

/// Whether the dense exponentials of all steps and their derivatives cost less than expansions.
bool exponential_is_cheaper(const Generator& generator, const std::vector<double>& times,
                            double max_bytes);

/// The gradient of an evolution by the dense exponential of each run of equal steps and its derivative.
void by_exponentials(const Generator& generator, Sensitivity& sensitivity, const RealMatrix& start,
                     const std::vector<double>& times, const Visit& visit, RealMatrix& y, int threads);

}  // namespace redfield::gradient
