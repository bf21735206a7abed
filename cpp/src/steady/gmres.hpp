#pragma once

#include "steady/packed_map.hpp"

namespace redfield::steady {

struct Solution {
    RealVector x;
    double residual;  ///< ‖b − Ax‖/‖b‖, computed from x
};

constexpr Index gmres_restart = 60;

/// Nearly the inverse of a map, and how many vectors a Krylov space with it may have before GMRES
/// restarts.
struct Preconditioner {
    template <class Map>
    Preconditioner(Map map, Index vectors = gmres_restart) : apply(std::move(map)), restart(vectors) {}
    void operator()(const RealVector& x, RealVector& out) const { apply(x, out); }

    LinearMap apply;
    Index restart;
};

/// Restarted GMRES (Saad & Schultz 1986), preconditioned from the right, so that the residual it watches
/// is the true one. Ends at rtol, or where a cycle gains less than a tenth. `report` gets the fraction of
/// the digits reached.
Solution gmres(
    const LinearMap& a, const Preconditioner& precondition, const RealVector& b, double rtol,
    const std::function<void(double)>& report = [](double) {});

}  // namespace redfield::steady
