#include "driven/segments.hpp"

namespace redfield::driven {

void in_segments(const RealMatrix& rho0, const std::vector<double>& times,
                 const std::vector<double>& breaks, const SolveSmooth& solve,
                 const integrators::Observe& observe) {
    const double first = times.front(), end = times.back();
    std::vector<double> cuts{first};
    for (const double b : breaks)
        if (b > cuts.back() && b < end) cuts.push_back(b);
    cuts.push_back(end);
    RealMatrix state = rho0, last;
    std::size_t next = 1;
    while (next < times.size() && times[next] <= first) observe(static_cast<Index>(next++), state);
    for (std::size_t s = 1; s < cuts.size() && next < times.size(); ++s) {
        std::vector<double> inside{cuts[s - 1]};
        const std::size_t offset = next;
        while (next < times.size() && times[next] <= cuts[s]) inside.push_back(times[next++]);
        const std::size_t outputs = inside.size() - 1;
        if (inside.back() < cuts[s]) inside.push_back(cuts[s]);
        solve(state, inside, [&](Index i, const RealMatrix& rho) {
            const auto k = static_cast<std::size_t>(i);
            if (k <= outputs) observe(static_cast<Index>(offset + k - 1), rho);
            if (k + 1 == inside.size()) last = rho;
        });
        state = last;
    }
}

}  // namespace redfield::driven
