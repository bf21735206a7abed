#include "redfield/equation/pair_kernel.hpp"

#include <cmath>
#include <string>

#include "redfield/equation/one_sided.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield::equation {

RedfieldKernel::RedfieldKernel(const System& system, bool lamb_shift) {
    for (const BathTable& bath : system.baths().tables)
        gamma_.push_back(one_sided_table(bath, lamb_shift));
}

JumpKernel::JumpKernel(const System& system) {
    for (const BathTable& bath : system.baths().tables)
        root_.emplace_back((2.0 * bath.half_rate).cwiseSqrt());
}

CoarseGrainedKernel::CoarseGrainedKernel(const System& system, double window,
                                         std::vector<WindowTable> tables)
    : energies_(system.eigensystem().energies()), window_(window), tables_(std::move(tables)) {
    require(std::isfinite(window) && window > 0.0,
            "CoarseGrained: the window must be positive and finite, got " + std::to_string(window));
    require(tables_.size() == system.baths().tables.size(),
            "CoarseGrained: each bath needs a table of its windowed transform");
    for (const WindowTable& table : tables_)
        require(table.value.rows() == system.dimension() && table.value.cols() == system.dimension() &&
                    table.derivative.rows() == system.dimension() &&
                    table.derivative.cols() == system.dimension() && table.value.allFinite() &&
                    table.derivative.allFinite(),
                "CoarseGrained: a table of the windowed transform has the wrong shape or is not finite");
}

Complex CoarseGrainedKernel::one_sided(std::size_t bath, Index k, Index l, Index m, Index n) const {
    const double delta = (energies_[l] - energies_[k]) - (energies_[n] - energies_[m]);
    const double x = 0.5 * delta * window_;
    const WindowTable& table = tables_[bath];
    const Complex here = table.value(k, l), there = table.value(m, n);
    // e^{−ix}[e^{ix}Γ' − e^{−ix}Γ]/(2ix); the difference quotient loses digits where x is small, its mean
    // derivative gains them.
    const Complex slope = std::abs(x) < 1e-5 ? 0.5 * (table.derivative(k, l) + table.derivative(m, n))
                                             : (here - there) / delta;
    const double sinc = std::abs(x) < 1e-8 ? 1.0 : std::sin(x) / x;
    const Complex inner = 0.5 * sinc * (here + there) + Complex(0.0, std::cos(x) / window_) * slope;
    return std::polar(1.0, -x) * inner;
}

}  // namespace redfield::equation
