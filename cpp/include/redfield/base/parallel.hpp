#pragma once

#include <functional>

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

/// The one place that opens parallel regions, and the rule of how many threads they have.
///
/// A process has `cores()` cores: what its affinity mask and its cgroup's quota leave. Calls that work at
/// the same time share them: with c callers a team has at most cores()/c threads, so that T calling
/// threads and their teams never exceed max(T, cores()). One level of parallelism at a time: inside a
/// team, or a caller's own OpenMP region, everything is serial. In the child of a fork whose parent had
/// opened a team, everything is serial too: the parent's threads do not exist there.
namespace redfield::base {

/// Cores this process may use.
REDFIELD_EXPORT int cores();

/// A call at work; nested ones of one thread, and those inside a team, count once.
class REDFIELD_EXPORT Caller {
  public:
    Caller();
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

  private:
    bool counted_;
};

/// Calls part(i, parts) for every i < parts ≤ threads, one a thread. What a part throws is thrown here
/// when all have ended; the others are told by poll().
REDFIELD_EXPORT void run_team(int threads, const std::function<void(int, int)>& part);

/// Calls body(first, count) on a partition of [0, size) into one contiguous range a thread; never with
/// count = 0.
template <class Body>
void parallel_ranges(int threads, Index size, Body&& body) {
    if (threads <= 1 || size <= 1) {
        if (size > 0) body(Index{0}, size);
        return;
    }
    run_team(threads, [&](int part, int parts) {
        const Index first = size * part / parts, last = size * (part + 1) / parts;
        if (last > first) body(first, last - first);
    });
}

/// Threads for one system of dimension n: `requested` if positive, else all where they pay off; never
/// more than there are cores.
REDFIELD_EXPORT int resolve_threads(int requested, Index n);

/// Threads for a loop over `jobs` systems.
REDFIELD_EXPORT int resolve_ensemble_threads(int requested, std::size_t jobs);

}  // namespace redfield::base
