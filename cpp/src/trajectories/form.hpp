#pragma once

#include "redfield/generator/generator.hpp"
#include "redfield/system/couplings.hpp"
#include "trajectories/random.hpp"

namespace redfield::trajectories {

/// G = −iH − ½ΣL†L, without the mean energy, and the jumps L_j.
struct Form {
    /// std::invalid_argument where the parts do not fit each other.
    Form(Operator drift, Operators jumps);

    Index dimension() const;
    /// ψ → L_jψ/‖L_jψ‖ with a probability ∝ ‖L_jψ‖²; the j.
    std::size_t jump(Eigen::VectorXcd& ket, Random& random) const;

    Operator drift;
    Operators jumps;
    SpectralBounds bounds;  ///< of the numerical range of G
};

}  // namespace redfield::trajectories
