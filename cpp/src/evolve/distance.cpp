#include "redfield/evolve/distance.hpp"

#include "redfield/evolve/evolve.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

DistanceResult trace_norm_distance(const Generator& a, const Generator& b, const ComplexMatrix& rho0,
                                   const std::vector<double>& times, const EvolveOptions& options) {
    require(a.dimension() == b.dimension() && a.eigensystem().energies() == b.eigensystem().energies() &&
                a.eigensystem().vectors().re() == b.eigensystem().vectors().re(),
            "trace_norm_distance: the two equations must belong to one system");
    require(rho0.rows() == a.dimension() && rho0.cols() == a.dimension(),
            "trace_norm_distance: rho0 does not have the system's dimension");
    const int threads = linalg::resolve_threads(options.threads, a.dimension());
    const RealMatrix start = a.eigensystem().to_eigenbasis(pack(rho0), threads);
    std::vector<RealMatrix> differences(times.size());
    DistanceResult out;
    out.a = evolve(a, start, times, options, [&](Index i, const RealMatrix& rho) {
        differences[static_cast<std::size_t>(i)] = rho;
    });
    out.b = evolve(b, start, times, options, [&](Index i, const RealMatrix& rho) {
        differences[static_cast<std::size_t>(i)] -= rho;
    });
    out.distance.resize(times.size());
    linalg::parallel_ranges(threads, static_cast<Index>(times.size()), [&](Index first, Index count) {
        for (Index i = first; i < first + count; ++i)
            out.distance[static_cast<std::size_t>(i)] =
                trace_norm(differences[static_cast<std::size_t>(i)]);
    });
    return out;
}

}  // namespace redfield
