#include "redfield/hierarchy/batch.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "ensemble/members.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/hierarchy/evolve.hpp"
#include "redfield/hierarchy/steady_state.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

/// The element of a member; one that is given alone is every member's.
template <class Each>
const Each& of_member(const std::vector<Each>& each, std::size_t i) {
    return each[each.size() == 1 ? 0 : i];
}

/// The hierarchies of members, which share the first one's indices where only H differs.
class Made {
  public:
    Made(const SystemBatch& systems, const Members& members) : systems_(systems), members_(members) {
        require(members.exponentials.size() == 1 || members.exponentials.size() == systems.size(),
                "hierarchy: exponentials of ", members.exponentials.size(), " members of ",
                systems.size());
        if (members.exponentials.size() > 1 || !members.same_couplings) return;
        for (const std::size_t i : members.which) {
            try {
                first_.emplace(apart(i));
                return;
            } catch (const Interrupted&) {
                throw;
            } catch (const std::exception&) {  // told where the member is solved
            }
        }
    }

    Hierarchy operator()(std::size_t i) const {
        return first_ ? Hierarchy(*first_, systems_[i]) : apart(i);
    }

  private:
    Hierarchy apart(std::size_t i) const {
        return {systems_[i], of_member(members_.exponentials, i), members_.depth, members_.max_bytes,
                members_.negligible};
    }

    const SystemBatch& systems_;
    const Members& members_;
    std::optional<Hierarchy> first_;
};

void check_members(const SystemBatch& systems, const Members& members, std::size_t states) {
    for (const std::size_t i : members.which)
        require(i < systems.size(), "hierarchy: there is no member ", i, " of ", systems.size());
    require(states == 0 || states == 1 || states == systems.size(), "hierarchy: ", states, " states for ",
            systems.size(), " members");
}

}  // namespace

MemberErrors evolve_batch(const SystemBatch& systems, const Members& members,
                          const std::vector<ComplexMatrix>& rho0, const std::vector<double>& times,
                          const EvolveOptions& options, const BatchRecord& record,
                          HierarchyStats& totals) {
    require(!rho0.empty(), "hierarchy: there is no state to start from");
    check_members(systems, members, rho0.size());
    const Index n = systems.dimension(), count = static_cast<Index>(times.size());
    EvolveOptions each = options;
    each.threads = 1;
    each.monitor = {};
    const Made made(systems, members);
    const auto begin = std::chrono::steady_clock::now();
    std::vector<EvolveStats> solved(members.which.size());
    std::vector<double> bytes(solved.size(), 0.0);
    std::vector<Index> planes(solved.size(), 0);
    MemberErrors errors =
        ensemble::for_each_member(solved.size(), options.threads, options.monitor, [&](std::size_t k) {
            const std::size_t i = members.which[k];
            const Hierarchy hierarchy = made(i);
            const auto member = static_cast<Index>(k);
            OutputBuffers buffers;
            buffers.stride = static_cast<Index>(record.stride) * count;
            buffers.states = from(record.states, member * count * n * n);
            if (record.expectations != nullptr)
                buffers.expectations = record.expectations + member * count;
            buffers.final_state = from(record.final_states, member * n * n);
            const Eigensystem& eigen = hierarchy.system().eigensystem();
            const bool turned = hierarchy.frame() == Frame::eigenbasis;
            Recorder recorder(n, turned ? std::optional<Eigensystem>(eigen) : std::nullopt,
                              record.observables, count, buffers, 1);
            const RealMatrix packed = pack_state(of_member(rho0, i), n);
            const RealMatrix start =
                uncorrelated(hierarchy, eigen.in_frame(hierarchy.frame(), {packed, Frame::given}, 1));
            solved[k] = evolve(hierarchy, start, times, each, std::ref(recorder));
            planes[k] = hierarchy.planes();
            bytes[k] = hierarchy.bytes();
        });
    ensemble::add(solved, errors, totals);
    for (std::size_t k = 0; k < solved.size(); ++k) {
        totals.planes = std::max(totals.planes, planes[k]);
        totals.bytes = std::max(totals.bytes, bytes[k]);
    }
    totals.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return errors;
}

MemberErrors steady_batch(const SystemBatch& systems, const Members& members,
                          const SteadyOptions& options, const SteadyBatchRecord& record,
                          const std::vector<ComplexMatrix>& rho0) {
    check_members(systems, members, rho0.size());
    const Index n = systems.dimension();
    SteadyOptions each = options;
    each.threads = 1;
    each.monitor = {};
    const Made made(systems, members);
    return ensemble::for_each_member(
        members.which.size(), options.threads, options.monitor, [&](std::size_t k) {
            const std::size_t i = members.which[k];
            const Hierarchy hierarchy = made(i);
            const SteadySolution found = rho0.empty() ? steady_state(hierarchy, each)
                                                      : steady_state(hierarchy, of_member(rho0, i), each);
            if (record.states != nullptr)
                Eigen::Map<ComplexMatrix>(record.states + static_cast<Index>(k) * n * n, n, n) =
                    found.state.transpose();
            if (record.residuals != nullptr) record.residuals[k] = found.residual;
            if (record.applications != nullptr) record.applications[k] = found.applications;
            if (record.unique != nullptr) record.unique[k] = found.unique;
            if (record.errors != nullptr) record.errors[k] = found.error;
        });
}

}  // namespace redfield::hierarchy
