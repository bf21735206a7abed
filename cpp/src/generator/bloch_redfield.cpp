#include <cmath>
#include <limits>

#include "redfield/base/errors.hpp"
#include "redfield/generator/forms.hpp"
#include "redfield/generator/pairwise.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

namespace {

/// As an energy; infinite where all terms stay.
double cutoff_of(const RealVector& energies, double relative, double rounding) {
    constexpr double all = std::numeric_limits<double>::infinity();
    if (relative < 0.0 || std::isinf(relative)) return all;
    double smallest = all;
    for (Index k = 1; k < energies.size(); ++k) {
        const double gap = energies[k] - energies[k - 1];
        if (gap > rounding) smallest = std::min(smallest, gap);
    }
    if (std::isinf(smallest)) return all;
    // "Less than" of numbers that rounding moved.
    const double cutoff = std::max(0.0, relative * smallest - 4.0 * rounding);
    return cutoff >= 2.0 * (energies[energies.size() - 1] - energies[0]) ? all : cutoff;
}

System some_of(const System& system, const Operators& operators, std::size_t first, std::size_t last) {
    Baths baths;
    baths.tables = system.baths().tables;
    const auto& of_coupling = system.baths().of_coupling;
    baths.of_coupling.assign(of_coupling.begin() + static_cast<std::ptrdiff_t>(first),
                             of_coupling.begin() + static_cast<std::ptrdiff_t>(last));
    Operators some(operators.begin() + static_cast<std::ptrdiff_t>(first),
                   operators.begin() + static_cast<std::ptrdiff_t>(last));
    return {system.eigensystem(), std::move(some), std::move(baths)};
}

}  // namespace

std::shared_ptr<const Generator> bloch_redfield(const System& system,
                                                const BlochRedfieldOptions& options) {
    const auto* operators = std::get_if<Operators>(&system.couplings());
    require(operators != nullptr, "bloch_redfield: couplings must be operators");
    const std::size_t count = operators->size();
    require(options.jumps >= 0 && static_cast<std::size_t>(options.jumps) <= count,
            "bloch_redfield: there are ", count, " couplings, not ", options.jumps, " jumps");
    const std::size_t secular = count - static_cast<std::size_t>(options.jumps);
    const RealVector& energies = system.eigensystem().energies();
    const double rounding = degeneracy_tol(energies);
    const double cutoff = cutoff_of(energies, options.sec_cutoff, rounding);
    if (std::isinf(cutoff) || secular == 0) return std::make_shared<Redfield>(system, options.lamb_shift);
    const auto part = [&](const System& of) {
        return std::make_shared<PartialSecular>(of, cutoff, options.lamb_shift, rounding,
                                                options.max_bytes);
    };
    if (options.jumps == 0) return part(system);
    return sum(
        {part(some_of(system, *operators, 0, secular)),
         std::make_shared<Redfield>(some_of(system, *operators, secular, count), options.lamb_shift)});
}

}  // namespace redfield
