#pragma once

#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// Two Bohr frequencies E_l − E_k ≥ 0 that lie `gap` apart; (m, n) = (k, k) stands for frequency 0.
struct BohrGap {
    double gap;
    Index k, l, m, n;
};

/// The closest two distinct-by-label Bohr frequencies of an ascending spectrum, zero included: a gap of
/// 0 means the secular equation couples blocks. gap is infinite for fewer than two levels.
REDFIELD_EXPORT BohrGap closest_bohr_frequencies(const RealVector& energies);

}  // namespace redfield
