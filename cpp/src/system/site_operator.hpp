#pragma once

#include "redfield/system/couplings.hpp"

namespace redfield::system {

/// The projector w_j|s_j⟩⟨s_j| on n levels.
inline SparseMatrix site_operator(const SiteProjectors& projectors, std::size_t j, Index n) {
    SparseMatrix out(n, n);
    out.insert(projectors.sites[j], projectors.sites[j]) = projectors.weights[static_cast<Index>(j)];
    out.makeCompressed();
    return out;
}

}  // namespace redfield::system
