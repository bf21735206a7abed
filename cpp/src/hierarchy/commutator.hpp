#pragma once

#include "hierarchy/action.hpp"

namespace redfield::hierarchy {

/// out += −i[V, ρ_n] of `planes` packed planes, (N, N · planes), V in the basis of the planes.
void add_commutator(const Action<double>& v, Index levels, Index planes, const double* y, double* out,
                    int threads);

}  // namespace redfield::hierarchy
