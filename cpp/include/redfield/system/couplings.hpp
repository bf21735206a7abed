#pragma once

#include <variant>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// The couplings A_j = w_j |s_j⟩⟨s_j|, projectors on sites of the basis H was given in.
///
/// A set of rank-one couplings costs four N×N products to apply, however many there are.
struct REDFIELD_EXPORT SiteProjectors {
    /// One projector on each of n sites, w = 1.
    explicit SiteProjectors(Index n);
    /// Projectors on the given sites, with real weights (one each).
    SiteProjectors(std::vector<Index> sites, RealVector weights);

    std::vector<Index> sites;
    RealVector weights;
};

/// Any operator A_j, dense or sparse, in the basis H was given in; it need not be Hermitian.
using Operator = std::variant<ComplexMatrix, SparseMatrix>;
using Operators = std::vector<Operator>;

using Couplings = std::variant<SiteProjectors, Operators>;

REDFIELD_EXPORT Index count(const Couplings& couplings);

/// std::invalid_argument where a coupling does not fit a system of dimension n.
REDFIELD_EXPORT void check(const Couplings& couplings, Index n);

}  // namespace redfield
