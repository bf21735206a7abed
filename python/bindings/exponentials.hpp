#pragma once

#include <pybind11/complex.h>

#include <redfield/hierarchy/exponentials.hpp>
#include <tuple>
#include <vector>

#include "convert.hpp"

namespace bindings {

/// (coefficients, rates, remainder) of each bath.
using Sums = std::vector<std::tuple<ComplexArray, ComplexArray, redfield::Complex>>;

inline std::vector<redfield::Exponentials> to_exponentials(const Sums& sums) {
    std::vector<redfield::Exponentials> out;
    for (const auto& [coefficients, rates, remainder] : sums)
        out.push_back({Eigen::Map<const Eigen::VectorXcd>(coefficients.data(), coefficients.size()),
                       Eigen::Map<const Eigen::VectorXcd>(rates.data(), rates.size()), remainder});
    return out;
}

}  // namespace bindings
