#include "redfield/hierarchy/steady_state.hpp"

#include "hierarchy/flow.hpp"
#include "hierarchy/settled.hpp"

namespace redfield::hierarchy {

SteadySolution steady_state(const Hierarchy& hierarchy, const SteadyOptions& options) {
    return settled(hierarchy, nullptr, options);
}

SteadySolution steady_state(const Hierarchy& hierarchy, const ComplexMatrix& rho0,
                            const SteadyOptions& options) {
    return settled_from(hierarchy, rho0, options);
}

}  // namespace redfield::hierarchy
