#include "redfield/evolve/equal_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace redfield {

std::vector<EqualSteps> equal_steps(const std::vector<double>& times) {
    std::vector<EqualSteps> runs;
    if (times.size() < 2) return runs;
    double reached = times.front();
    for (std::size_t first = 0; first + 1 < times.size();) {
        // Steps of lengths in [low, high] reach every output of the run so far.
        double low = 0.0, high = std::numeric_limits<double>::infinity();
        std::size_t count = 0;
        while (first + count + 1 < times.size()) {
            const double steps = static_cast<double>(count + 1),
                         time = times[first + count + 1] - reached;
            const double slack = 4.0 * std::numeric_limits<double>::epsilon() *
                                 std::max(std::abs(times.front()), std::abs(times[first + count + 1]));
            // A time that stands still is a step of length zero, and no other step is one.
            const bool still = times[first + count + 1] == times[first + count];
            if (count > 0 && still != (high == 0.0)) break;
            const double lower = still ? 0.0 : std::max(low, (time - slack) / steps);
            const double upper = still ? 0.0 : std::min(high, (time + slack) / steps);
            if (lower > upper) break;
            low = lower;
            high = upper;
            ++count;
        }
        // The length that reaches the run's end, where the others allow it.
        const double exact = (times[first + count] - reached) / static_cast<double>(count);
        const double length = high == 0.0 ? 0.0 : std::clamp(exact, low, high);
        runs.push_back({count, length});
        reached += static_cast<double>(count) * length;
        first += count;
    }
    return runs;
}

}  // namespace redfield
