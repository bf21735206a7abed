#include "evolve/solution.hpp"

#include <cmath>

#include "evolve/output_check.hpp"
#include "redfield/evolve/equal_steps.hpp"

namespace redfield::integrators {

RealMatrix rippled(const RealMatrix& packed, double part) {
    RealMatrix out = packed;
    for (Index j = 0; j < out.cols(); ++j)
        for (Index i = 0; i < out.rows(); ++i)
            out(i, j) *= ((i * 0x9E3779B1LL + j * 0x85EBCA77LL) >> 7) % 2 == 0 ? 1.0 + part : 1.0 - part;
    return out;
}

void restore_trace(RealMatrix& rho, double trace) {
    const double size = rho.diagonal().cwiseAbs().sum(), excess = rho.trace() - trace;
    if (size > 0.0 && excess != 0.0) rho.diagonal() -= (excess / size) * rho.diagonal().cwiseAbs();
}

void evolve_in_steps(Solution& solution, Solution* other, double largest_energy,
                     const std::vector<double>& times, double tolerance,
                     const Observer<RealMatrix>& visit) {
    std::size_t i = 0;
    for (const EqualSteps& run : equal_steps(times)) {
        solution.take(run.length);
        if (other != nullptr) other->take(run.length);
        for (std::size_t step = 0; step < run.count; ++step) {
            ++i;
            base::poll(static_cast<double>(i) / static_cast<double>(times.size()));
            const auto index = static_cast<Index>(i);
            const double elapsed = times[i] - times.front();
            const RealMatrix rho = solution.next(elapsed);
            const double root = std::sqrt(static_cast<double>(rho.rows()));
            require_phases(index, root * solution.rotating_norm(), largest_energy, elapsed, tolerance);
            if (other != nullptr)
                require_digits(index, root * (rho - other->next(elapsed)).norm(), tolerance);
            visit(index, rho);
        }
    }
}

}  // namespace redfield::integrators
