#pragma once

#include <exception>
#include <functional>
#include <vector>

#include "redfield/base/monitor.hpp"
#include "redfield/evolve/options.hpp"

namespace redfield::ensemble {

/// Calls solve(i) for every i < size on a team, one member a thread; what a member throws is returned in
/// its place and does not end the others. `monitor`, which may be empty, is called on the calling thread
/// with the fraction of members done; Interrupted is thrown where it, or the watch around, asks to stop.
std::vector<std::exception_ptr> for_each_member(std::size_t size, int threads, const Monitor& monitor,
                                                const std::function<void(std::size_t)>& solve);

/// Adds the statistics of those members that were solved, in their order.
void add(const std::vector<EvolveStats>& members, const std::vector<std::exception_ptr>& errors,
         EvolveStats& totals);

}  // namespace redfield::ensemble
