#pragma once

#include <vector>

#include "driven/interaction_picture.hpp"
#include "redfield/floquet/modes.hpp"

namespace redfield::floquet {

/// Solves an equation given in the frame of the modes by Dormand–Prince 5(4), over long times by powers
/// of the map over a period. `breaks` are those of the first period.
EvolveStats run_in_modes(const Modes& modes, StateView start, const std::vector<double>& times,
                         const IntegrationOptions& options, const Observer<StateView>& observe,
                         const std::vector<double>& breaks, driven::InteractionPicture& equation);

}  // namespace redfield::floquet
