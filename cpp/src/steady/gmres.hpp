#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

struct Solution {
    RealVector x;
    double residual;  ///< ‖b − Ax‖/‖b‖, computed from x
};

constexpr Index gmres_restart = 60;

/// Restarted GMRES (Saad & Schultz 1986), preconditioned from the right, so that the residual it watches
/// is the true one. Ends at rtol, or where a cycle gains less than a tenth. `report` gets the fraction of
/// the digits reached.
Solution gmres(
    const LinearMap& a, const LinearMap& precondition, const RealVector& b, double rtol,
    const std::function<void(double)>& report = [](double) {});

}  // namespace redfield::steady
