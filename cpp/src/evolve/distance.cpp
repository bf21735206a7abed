#include "redfield/evolve/distance.hpp"

#include <algorithm>

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/evolve/evolve.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

DistanceResult trace_norm_distance(const Generator& a, const Generator& b, const ComplexMatrix& rho0,
                                   const std::vector<double>& times, const EvolveOptions& options) {
    require(a.eigensystem() == b.eigensystem(),
            "trace_norm_distance: the two equations must belong to one system");
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const int threads = base::resolve_threads(options.threads, a.dimension());
    const RealMatrix packed = pack_state(rho0, a.dimension());
    const StateView start{packed, Frame::given};
    std::vector<RealMatrix> differences(times.size());
    DistanceResult out;
    out.a = evolve(a, start, times, options, [&](Index i, StateView rho) {
        differences[static_cast<std::size_t>(i)] = rho.packed;
    });
    out.b = evolve(b, start, times, options, [&](Index i, StateView rho) {
        differences[static_cast<std::size_t>(i)] -= rho.packed;
    });
    out.distance.resize(times.size());
    // A round of trace norms, one a thread, between two polls of the monitor.
    const auto count = static_cast<Index>(times.size());
    for (Index round = 0; round < count; round += threads) {
        base::poll();
        base::parallel_ranges(threads, std::min<Index>(threads, count - round),
                              [&](Index first, Index size) {
                                  for (Index i = round + first; i < round + first + size; ++i)
                                      out.distance[static_cast<std::size_t>(i)] =
                                          trace_norm(differences[static_cast<std::size_t>(i)]);
                              });
    }
    return out;
}

}  // namespace redfield
