#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// Σ of body(k, sum) over k < size, each thread's part apart and then in their order.
template <class Sum, class Body>
Sum team_sum(int threads, Index size, const Sum& zero, const Body& body) {
    std::vector<Sum> sums(static_cast<std::size_t>(std::max(1, threads)), zero);
    base::run_team(static_cast<int>(sums.size()), [&](int part, int parts) {
        const Index last = size * (part + 1) / parts;
        for (Index k = size * part / parts; k < last; ++k) {
            base::poll();
            body(k, sums[static_cast<std::size_t>(part)]);
        }
    });
    for (std::size_t part = 1; part < sums.size(); ++part) sums[0] += sums[part];
    return sums[0];
}

}  // namespace redfield::hierarchy
