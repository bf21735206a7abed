#pragma once

#include "evolve/faber.hpp"
#include "redfield/system/couplings.hpp"
#include "trajectories/ket_operator.hpp"
#include "trajectories/random.hpp"

namespace redfield::trajectories {

/// G = −iH − ½ΣL†L, without the mean energy, and the jumps L_j.
struct Form {
    KetOperator<double> drift;
    Operators jumps;
    SpectralBounds bounds;         ///< of the numerical range of G
    integrators::Ellipse ellipse;  ///< around it

    Index dimension() const { return drift.dimension(); }
    /// ψ → L_jψ/‖L_jψ‖ with a probability ∝ ‖L_jψ‖²; the j.
    std::size_t jump(Eigen::VectorXcd& ket, Random& random) const;
};

/// std::invalid_argument where the parts do not fit each other.
Form form_of(Operator drift, Operators jumps);

}  // namespace redfield::trajectories
