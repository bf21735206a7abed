#include "evolve/faber_evolution.hpp"
#include "evolve/methods.hpp"
#include "generator/sectors.hpp"
#include "linalg/lanes.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::integrators {

namespace {

/// Solves in the blocks of a state that the equation keeps; false where there are none.
template <class Scalar>
bool in_sectors(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                const EvolveOptions& options, linalg::BasicWorkspace<Scalar>& ws,
                const Observer<RealMatrix>& observe, EvolveStats& stats) {
    using generator::Sectors;
    if (!generator.eigensystem().is_given_basis()) return false;
    const auto form = generator.form();
    if (form == nullptr) return false;
    const std::optional<Sectors> sectors = Sectors::of(*form, rho0);
    if (!sectors) return false;
    stats.blocks = sectors->sizes();
    const Sectors::Map<Scalar> map(*sectors);
    const RealMatrix start = sectors->into(rho0);
    const auto tell = [&](Index i, const RealMatrix& state) { observe(i, sectors->out_of(state)); };
    expand<Scalar>(map, sectors->bounds(), start, start.cols(), times, options, ws, tell, stats,
                   rho0.trace(), generator::sparse_application(static_cast<double>(start.size())));
    return true;
}

}  // namespace

double application_cost(const Generator& generator) {
    const Index n = generator.dimension();
    if (generator.frame() == Frame::given)
        return generator::sparse_application(static_cast<double>(n * n));
    constexpr Index lanes = linalg::lane_count<double>;
    const auto padded = static_cast<double>((n + lanes - 1) / lanes * lanes);
    return 600.0 + 0.6 * static_cast<double>(n) * padded * padded;
}

void chebyshev(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
               const EvolveOptions& options, const Observer<RealMatrix>& observe, EvolveStats& stats) {
    linalg::Workspace ws(base::resolve_threads(options.threads, generator.dimension()));
    if (in_sectors<double>(generator, rho0, times, options, ws, observe, stats)) return;
    expand<double>(generator, generator.bounds(), rho0, rho0.cols(), times, options, ws, observe, stats,
                   {}, application_cost(generator));
}

void chebyshev(const Generator& generator, const SingleGenerator& map, const RealMatrix& rho0,
               const std::vector<double>& times, const EvolveOptions& options,
               const Observer<RealMatrix>& observe, EvolveStats& stats) {
    linalg::BasicWorkspace<float> ws(base::resolve_threads(options.threads, generator.dimension()));
    if (in_sectors<float>(generator, rho0, times, options, ws, observe, stats)) return;
    expand<float>(map, generator.bounds(), rho0, rho0.cols(), times, options, ws, observe, stats, {},
                  application_cost(generator));
}

}  // namespace redfield::integrators
