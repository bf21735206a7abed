#include "evolve/faber_evolution.hpp"
#include "evolve/methods.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::integrators {

void chebyshev(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
               const EvolveOptions& options, const Observer<RealMatrix>& observe, EvolveStats& stats) {
    linalg::Workspace ws(base::resolve_threads(options.threads, generator.dimension()));
    expand<double>(generator, generator.bounds(), rho0, rho0.cols(), times, options, ws, observe, stats);
}

void chebyshev(const Generator& generator, const SingleGenerator& map, const RealMatrix& rho0,
               const std::vector<double>& times, const EvolveOptions& options,
               const Observer<RealMatrix>& observe, EvolveStats& stats) {
    linalg::BasicWorkspace<float> ws(base::resolve_threads(options.threads, generator.dimension()));
    expand<float>(map, generator.bounds(), rho0, rho0.cols(), times, options, ws, observe, stats);
}

}  // namespace redfield::integrators
