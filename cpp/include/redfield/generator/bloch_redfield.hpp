#pragma once

#include <memory>

#include "redfield/generator/generator.hpp"

namespace redfield {

struct BlochRedfieldOptions {
    /// Terms stay whose Bohr frequencies differ by less than this part of the smallest gap between
    /// levels; all where it is negative or infinite.
    double sec_cutoff = 0.1;
    /// So many of the couplings, the last ones, are jump operators, of which all terms stay.
    Index jumps = 0;
    bool lamb_shift = false;
    double max_bytes = 1e300;
};

/// The Bloch–Redfield equation as it is used in magnetic resonance and by QuTiP: Redfield's with a
/// secular approximation relative to the level spacing, and Lindblad's dissipators beside it.
///
/// std::invalid_argument where couplings are site projectors.
REDFIELD_EXPORT std::shared_ptr<const Generator> bloch_redfield(const System& system,
                                                                const BlochRedfieldOptions& options);

}  // namespace redfield
