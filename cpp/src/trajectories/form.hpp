#pragma once

#include <optional>

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
    /// The drift in either precision, `memory` where it is not the double one.
    template <class Scalar>
    const KetOperator<Scalar>& drift_in(std::optional<KetOperator<Scalar>>& memory) const {
        if constexpr (std::is_same_v<Scalar, double>)
            return drift;
        else
            return memory.emplace(drift);
    }
    /// ψ → L_jψ/‖L_jψ‖ with a probability ∝ ‖L_jψ‖²; the j.
    std::size_t jump(Eigen::VectorXcd& ket, Random& random) const;
};

/// std::invalid_argument where the parts do not fit each other.
Form form_of(Operator drift, Operators jumps);

}  // namespace redfield::trajectories
