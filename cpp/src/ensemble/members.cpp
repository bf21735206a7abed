#include "ensemble/members.hpp"

#include <algorithm>
#include <atomic>

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::ensemble {

std::vector<std::exception_ptr> for_each_member(std::size_t size, int threads, const Monitor& monitor,
                                                const std::function<void(std::size_t)>& solve) {
    std::vector<std::exception_ptr> errors(size);
    const int team = base::resolve_ensemble_threads(threads, size);
    // Several members at a time, so that threads do not meet at the counter; few, so that they end
    // together.
    const std::size_t some = std::clamp<std::size_t>(size / (64 * static_cast<std::size_t>(team)), 1, 64);
    std::atomic<std::size_t> next{0}, done{0};
    Monitor whole;  // a member tells the fraction of itself
    if (monitor)
        whole = [&](double) { return monitor(static_cast<double>(done) / static_cast<double>(size)); };
    const base::Watch watch(whole);
    base::poll();  // a stop that is asked for already, however little work there is
    base::run_team(team, [&](int, int) {
        for (std::size_t first = next.fetch_add(some); first < size; first = next.fetch_add(some)) {
            const std::size_t last = std::min(size, first + some);
            for (std::size_t i = first; i < last; ++i, ++done) {
                base::poll();
                try {
                    solve(i);
                } catch (const Interrupted&) {
                    throw;
                } catch (const base::Abandoned&) {
                    throw;
                } catch (...) {  // the member's own
                    errors[i] = std::current_exception();
                }
            }
        }
    });
    return errors;
}

void add(const std::vector<EvolveStats>& members, const std::vector<std::exception_ptr>& errors,
         EvolveStats& totals) {
    bool first = true;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (errors[i]) continue;
        const EvolveStats& stats = members[i];
        const bool same = first || totals.method == stats.method;
        totals.method = same ? stats.method : name_of(method_names, Method::automatic);
        if (first) totals.frame = stats.frame;
        if (first || stats.precision == Precision::single) totals.precision = stats.precision;
        totals.applications += stats.applications;
        totals.steps += stats.steps;
        totals.rejected += stats.rejected;
        first = false;
    }
}

}  // namespace redfield::ensemble
