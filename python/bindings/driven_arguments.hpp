#pragma once

#include <redfield/driven/system.hpp>
#include <tuple>
#include <vector>

#include "convert.hpp"

namespace bindings {

/// (pieces, γ(0)/2, η(0)) of each bath.
using Spectra = std::vector<std::tuple<redfield::driven::PiecewisePolynomial, double, double>>;

inline std::vector<redfield::driven::Spectrum> to_spectra(const Spectra& given) {
    std::vector<redfield::driven::Spectrum> out;
    for (const auto& [pieces, half_rate, lamb_shift] : given)
        out.push_back({pieces, half_rate, lamb_shift});
    return out;
}

}  // namespace bindings
