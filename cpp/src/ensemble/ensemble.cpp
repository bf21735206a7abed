#include "redfield/ensemble/ensemble.hpp"

#include "ensemble/members.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

EnsembleOutcome evolve_ensemble(const std::vector<EnsembleMember>& members,
                                const std::vector<double>& times, const EvolveOptions& options) {
    EnsembleOutcome out;
    out.stats.resize(members.size());
    EvolveOptions each = options;
    each.threads = 1;
    each.monitor = {};
    const auto solve = [&](std::size_t i) {
        const EnsembleMember& member = members[i];
        require(member.generator != nullptr, "evolve_ensemble: a member has no generator");
        const RealMatrix start = pack_state(member.rho0, member.generator->dimension());
        out.stats[i] = evolve(*member.generator, {start, Frame::given}, times, each, member.observe);
    };
    out.errors = ensemble::for_each_member(members.size(), options.threads, options.monitor, solve);
    return out;
}

}  // namespace redfield
