#include "redfield/hierarchy/evolve.hpp"

#include "hierarchy/flow.hpp"
#include "hierarchy/integrate.hpp"

namespace redfield::hierarchy {

RealMatrix uncorrelated(const Hierarchy& hierarchy, const RealMatrix& state) {
    const Index n = hierarchy.dimension();
    require(state.rows() == n && state.cols() == n, "hierarchy: the state must be (", n, ", ", n,
            "), got (", state.rows(), ", ", state.cols(), ")");
    RealMatrix out = RealMatrix::Zero(n, n * hierarchy.planes());
    out.leftCols(n) = state;
    return out;
}

EvolveStats evolve(const Hierarchy& hierarchy, const RealMatrix& start, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer<StateView>& observe, RealMatrix* last,
                   const Observer<RealMatrix>& lowest) {
    return integrate(hierarchy, start, times, options, observe, last, lowest);
}

}  // namespace redfield::hierarchy
