#include "redfield/steady/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "steady/frequency_blocks.hpp"
#include "steady/slow_modes.hpp"

namespace redfield {

using steady::InverseChoice;
using steady::Modes;
using steady::PackedMap;

namespace {

/// Levels up to which a dense N²×N² matrix is diagonalised.
constexpr Index diagonalised_levels = 16;
/// Levels up to which "automatic" does so where every way stagnates.
constexpr Index dense_spectrum_levels = 48;

/// The smallest −Re λ of the modes that are not stationary.
double gap_of(const Modes& modes, const RealVector& zero) {
    double out = std::numeric_limits<double>::quiet_NaN();
    for (Index c = 0; c < modes.values.size(); ++c)
        if (std::abs(modes.values[c]) > zero[c] && !(out <= -modes.values[c].real()))
            out = -modes.values[c].real();
    return out;
}

}  // namespace

std::vector<Index> steady::by_distance(const VectorOf<Complex>& values) {
    std::vector<Index> order(static_cast<std::size_t>(values.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return std::abs(values[a]) < std::abs(values[b]); });
    return order;
}

Spectrum spectrum(const Generator& generator, Index k, const SpectrumOptions& options) {
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    require(k >= 1 && k <= map.size(), "spectrum: k = ", k, " modes of a generator with ", map.size());
    require(std::isfinite(options.tol) && options.tol > 0.0, "spectrum: tol must be positive, got ",
            options.tol);
    const bool chooses = options.method == SpectrumMethod::automatic;
    const double size = static_cast<double>(map.size());
    const bool fits = 9.0 * sizeof(double) * size * size <= options.max_bytes;
    const bool small = (map.levels() <= diagonalised_levels && fits) || k >= map.size() / 2;
    // Without dissipation there is nothing to invert.
    const bool direct = options.method == SpectrumMethod::direct || (chooses && small) ||
                        k >= map.size() - 4 || map.rate() == 0.0;
    std::optional<Modes> modes;
    if (!direct) try {
            modes =
                steady::slow_modes(map, k, chooses ? InverseChoice::cheapest : InverseChoice::iterations,
                                   options.tol, options.max_bytes);
            require(modes || chooses,
                    "spectrum: the iterative method needs an equation whose secular part or decay K is "
                    "known; use method \"direct\"");
        } catch (const ConvergenceError&) {
            if (!chooses || !fits || map.levels() > dense_spectrum_levels) throw;
        }
    Spectrum out;
    out.complete = !modes;
    if (out.complete) modes = steady::all_modes(map, options.max_bytes);
    RealVector zero = RealVector::Constant(modes->values.size(), modes->zero);
    if (!out.complete) zero = zero.cwiseMax(map.rounding() * steady::own_rates(map, modes->vectors));
    out.gap = gap_of(*modes, zero);
    const std::vector<Index> order = steady::by_distance(modes->values);
    for (Index i = 0; i < k; ++i) {
        const Index c = order[static_cast<std::size_t>(i)];
        out.eigenvalues.push_back(modes->values[c]);
        const ComplexMatrix mode = map.unpack(modes->vectors.col(c).real()) +
                                   Complex(0.0, 1.0) * map.unpack(modes->vectors.col(c).imag());
        out.modes.push_back(mode / mode.norm());
    }
    out.applications = map.applications();
    return out;
}

}  // namespace redfield
