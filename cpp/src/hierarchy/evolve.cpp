#include "redfield/hierarchy/evolve.hpp"

#include "hierarchy/flow.hpp"
#include "hierarchy/integrate.hpp"

namespace redfield::hierarchy {

RealMatrix uncorrelated(const Hierarchy& hierarchy, const RealMatrix& state) {
    return beside_equilibrium(hierarchy, state);
}

EvolveStats evolve(const Hierarchy& hierarchy, const RealMatrix& start, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer<StateView>& observe, RealMatrix* last,
                   const Observer<RealMatrix>& lowest) {
    return integrate(hierarchy, start, times, options, observe, last, lowest);
}

}  // namespace redfield::hierarchy
