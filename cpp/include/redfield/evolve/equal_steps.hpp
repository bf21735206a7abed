#pragma once

#include <cstddef>
#include <vector>

#include "redfield/redfield_export.h"

namespace redfield {

/// `count` steps of one length.
struct EqualSteps {
    std::size_t count;
    double length;
};

/// The steps of ascending times as the longest runs of equal ones: at every output t the sum of the steps
/// is within 4ε max(|t|, |t₀|) of t, which is what rounding leaves of the times themselves, so that a
/// uniform grid of any spacing is one run.
REDFIELD_EXPORT std::vector<EqualSteps> equal_steps(const std::vector<double>& times);

}  // namespace redfield
