#pragma once

#include <array>
#include <cstddef>

#include "redfield/base/types.hpp"

namespace redfield {

/// dΓ/dω and ∂Γ/∂p of the numbers p of a bath, Γ = ½γ + iη, at one frequency.
template <std::size_t Numbers>
struct DerivativesAt {
    Complex frequency;
    std::array<Complex, Numbers> numbers;  ///< in the order of the bath's constructor
};

/// dΓ/dω (M,) and ∂Γ/∂p (M, P) of the numbers p of a bath, in the order of its constructor.
struct BathDerivatives {
    Eigen::VectorXcd frequency;
    Eigen::MatrixXcd numbers;
};

}  // namespace redfield
