#pragma once

#include <vector>

#include "evolve/secular_blocks.hpp"

namespace redfield::floquet {

/// An orthonormal basis of what Davies' equation in the frame, where all energies are zero, leaves as it
/// is.
std::vector<ComplexMatrix> steady_states(const integrators::SecularBlocks& blocks);

}  // namespace redfield::floquet
