#pragma once

#include "redfield/base/errors.hpp"
#include "redfield/base/types.hpp"

namespace redfield::driven {

/// ‖H − H†‖ relative to ‖H‖ of what counts as Hermitian.
inline constexpr double hermitian = 1e-8;

/// std::invalid_argument where H is not Hermitian at a value of `name`.
inline void require_hermitian(const ComplexMatrix& h, const char* name, double value) {
    require((h - h.adjoint()).norm() <= hermitian * h.norm(), "at ", name, " = ", value,
            ": the Hamiltonian is not Hermitian");
}

}  // namespace redfield::driven
