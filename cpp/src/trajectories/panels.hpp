#pragma once

#include <utility>
#include <vector>

#include "driven/panel_nodes.hpp"
#include "redfield/trajectories/driven_jumps.hpp"

namespace redfield::trajectories {

/// The propagator U(t, first) of ψ̇ = G(t)ψ on one panel of time.
struct Panel {
    double first, last;
    driven::Samples propagators;                           ///< at the nodes, (N², panel_points)
    std::vector<std::pair<Index, ComplexMatrix>> outputs;  ///< of outputs in (first, last]

    /// Values of the polynomials ℓ_n at t.
    RealVector place(double t) const {
        const double middle = 0.5 * (first + last), half = 0.5 * (last - first);
        return driven::panel_nodes().lagrange(std::clamp((t - middle) / half, -1.0, 1.0));
    }
    ComplexMatrix propagator(double t) const;
    Eigen::Map<const ComplexMatrix> at_node(Index node) const;
};

/// The panels from times.front() to times.back(), to `rtol` of a ket over all of them.
std::vector<Panel> panels_of(const DrivenForm& form, const std::vector<double>& times, double rtol,
                             double max_bytes);

}  // namespace redfield::trajectories
