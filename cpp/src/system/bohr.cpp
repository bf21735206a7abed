#include "redfield/system/bohr.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace redfield {

BohrGap closest_bohr_frequencies(const RealVector& energies) {
    struct Entry {
        double frequency;
        std::int32_t k, l;
    };
    const Index n = energies.size();
    std::vector<Entry> entries;
    entries.reserve(static_cast<std::size_t>(n * (n - 1) / 2 + 1));
    entries.push_back({0.0, 0, 0});
    for (Index l = 1; l < n; ++l)
        for (Index k = 0; k < l; ++k)
            entries.push_back(
                {energies[l] - energies[k], static_cast<std::int32_t>(k), static_cast<std::int32_t>(l)});
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.frequency < b.frequency; });
    BohrGap closest{std::numeric_limits<double>::infinity(), 0, 0, 0, 0};
    for (std::size_t i = 1; i < entries.size(); ++i) {
        const double gap = entries[i].frequency - entries[i - 1].frequency;
        if (gap < closest.gap)
            closest = {gap, entries[i].k, entries[i].l, entries[i - 1].k, entries[i - 1].l};
    }
    return closest;
}

}  // namespace redfield
