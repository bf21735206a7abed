#include "redfield/ensemble/ensemble.hpp"

#include <exception>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

std::vector<EvolveStats> evolve_ensemble(const std::vector<EnsembleMember>& members,
                                         const std::vector<double>& times, const EvolveOptions& options,
                                         const std::atomic<bool>* stop, std::atomic<long>* finished) {
    std::vector<EvolveStats> stats(members.size());
    std::vector<std::exception_ptr> errors(members.size());
    EvolveOptions each = options;
    each.threads = 1;
    each.monitor = [stop](double) { return stop == nullptr || !stop->load(std::memory_order_relaxed); };
    std::atomic<bool> failed{false};
    const auto solve = [&](std::size_t i) {
        if (failed.load() || (stop != nullptr && stop->load())) return;
        try {
            const EnsembleMember& member = members[i];
            require(member.generator != nullptr, "evolve_ensemble: a member has no generator");
            require(member.rho0.rows() == member.generator->dimension(),
                    "evolve_ensemble: a state does not have its system's dimension");
            const RealMatrix start = member.generator->eigensystem().to_eigenbasis(pack(member.rho0), 1);
            stats[i] = evolve(*member.generator, start, times, each, member.observe);
            if (finished != nullptr) ++*finished;
        } catch (...) {  // nothing may leave a parallel region; rethrown below
            errors[i] = std::current_exception();
            failed = true;
        }
    };
    const int threads = linalg::resolve_ensemble_threads(options.threads, members.size());
    const auto count = static_cast<long>(members.size());
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic) num_threads(threads) if (threads > 1)
#endif
    for (long i = 0; i < count; ++i) solve(static_cast<std::size_t>(i));
    (void)threads;
    for (const auto& error : errors)
        if (error) std::rethrow_exception(error);
    if (stop != nullptr && stop->load()) throw Interrupted();
    return stats;
}

}  // namespace redfield
