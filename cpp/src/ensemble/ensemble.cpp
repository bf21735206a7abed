#include "redfield/ensemble/ensemble.hpp"

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

EnsembleOutcome evolve_ensemble(const std::vector<EnsembleMember>& members,
                                const std::vector<double>& times, const EvolveOptions& options,
                                const std::atomic<bool>* stop, std::atomic<long>* finished) {
    EnsembleOutcome out;
    out.stats.resize(members.size());
    out.errors.resize(members.size());
    EvolveOptions each = options;
    each.threads = 1;
    each.monitor = [stop](double) { return stop == nullptr || !stop->load(std::memory_order_relaxed); };
    const auto solve = [&](std::size_t i) {
        if (stop != nullptr && stop->load()) return;
        try {
            const EnsembleMember& member = members[i];
            require(member.generator != nullptr, "evolve_ensemble: a member has no generator");
            const Index n = member.generator->dimension();
            require(member.rho0.rows() == n && member.rho0.cols() == n,
                    "evolve_ensemble: a state does not have its system's dimension");
            const RealMatrix start = pack(member.rho0);
            out.stats[i] = evolve(*member.generator, {start, Frame::given}, times, each, member.observe);
        } catch (...) {  // the member's own
            out.errors[i] = std::current_exception();
        }
        if (finished != nullptr) ++*finished;
    };
    const int threads = linalg::resolve_ensemble_threads(options.threads, members.size());
    std::atomic<std::size_t> next{0};
    linalg::run_team(threads, [&](int, int) {
        for (std::size_t i = next++; i < members.size(); i = next++) solve(i);
    });
    if (stop != nullptr && stop->load()) throw Interrupted();
    return out;
}

}  // namespace redfield
