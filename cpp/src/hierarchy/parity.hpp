#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// (−1)^N̂ of a basis of even and odd states: H joins states of one parity, `odd` operators those of
/// different ones. std::invalid_argument where they do not, or where states that nothing joins leave the
/// parity open.
ComplexMatrix parity_of(const ComplexMatrix& h, const std::vector<ComplexMatrix>& odd);

}  // namespace redfield::hierarchy
