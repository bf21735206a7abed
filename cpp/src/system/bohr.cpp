#include "redfield/system/bohr.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

void check(const RealVector& energies) {
    require(energies.size() > 0, "energies is empty");
    require(energies.allFinite(), "energies has an entry that is NaN or infinite");
}

}  // namespace

double energy_rounding(const RealVector& energies) {
    check(energies);
    const double levels = 16.0 + static_cast<double>(energies.size());
    return levels * std::numeric_limits<double>::epsilon() * energies.cwiseAbs().maxCoeff();
}

double degeneracy_tol(const RealVector& energies) {
    check(energies);
    return std::max(1e-13 * (energies.maxCoeff() - energies.minCoeff()), energy_rounding(energies));
}

RealMatrix bohr_frequencies(const RealVector& energies) {
    check(energies);
    const Index n = energies.size();
    const double zero = degeneracy_tol(energies);
    RealMatrix out(n, n);
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) {
            const double w = energies[l] - energies[k];
            out(k, l) = std::abs(w) <= zero ? 0.0 : w;
        }
    return out;
}

BohrFrequencies::BohrFrequencies(const RealVector& energies) {
    check(energies);
    const Index n = energies.size();
    constexpr auto countable = static_cast<double>(std::numeric_limits<std::int32_t>::max());
    if (static_cast<double>(n) * static_cast<double>(n) > countable)
        throw std::length_error("BohrFrequencies: " + std::to_string(n) + " levels have more than " +
                                std::to_string(std::numeric_limits<std::int32_t>::max()) +
                                " Bohr frequencies");
    struct Entry {
        double frequency;
        std::int32_t element;
    };
    std::vector<Entry> entries;
    entries.reserve(static_cast<std::size_t>(n * n));
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            entries.push_back({energies[k] - energies[l], static_cast<std::int32_t>(k + n * l)});
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.frequency != b.frequency ? a.frequency < b.frequency : a.element < b.element;
    });
    frequency.reserve(entries.size());
    element.reserve(entries.size());
    for (const Entry& e : entries) {
        frequency.push_back(e.frequency);
        element.push_back(e.element);
    }
}

BohrClusters::BohrClusters(const BohrFrequencies& bohr, double tolerance) : first{0} {
    require(tolerance >= 0.0, "BohrClusters: tolerance must not be negative, got ", tolerance);
    const std::size_t size = bohr.frequency.size();
    std::size_t exact_zeros = 0;
    for (std::size_t i = 1; i <= size; ++i) {
        if (i < size && bohr.frequency[i] - bohr.frequency[i - 1] <= tolerance) {
            longest_link = std::max(longest_link, bohr.frequency[i] - bohr.frequency[i - 1]);
            continue;
        }
        const std::size_t start = first.back();
        const double spread = bohr.frequency[i - 1] - bohr.frequency[start];
        if (spread > width) {
            width = spread;
            widest = start;
        }
        const bool around_zero = bohr.frequency[start] <= 0.0 && bohr.frequency[i - 1] >= 0.0;
        if (around_zero) exact_zeros = i - start;
        if (i - start > 1 && !around_zero) non_degenerate = false;
        first.push_back(i);
    }
    // The populations share Ω = 0; anything else there is a degenerate level.
    if (exact_zeros * exact_zeros != size) non_degenerate = false;
}

std::string gap_table(const BohrFrequencies& bohr, const BohrClusters& clusters, Index n) {
    require(static_cast<double>(n) * static_cast<double>(n) == static_cast<double>(bohr.element.size()),
            "gap_table: n = ", n, " for ", bohr.element.size(), " Bohr frequencies");
    require(clusters.widest < bohr.element.size() && clusters.first.back() == bohr.element.size(),
            "gap_table: the clusters are not those of the Bohr frequencies");
    const auto end = std::upper_bound(clusters.first.begin(), clusters.first.end(), clusters.widest);
    std::ostringstream text;
    text << "  E[k] - E[l]        k    l   gap to the next";
    std::size_t lines = 0;
    for (std::size_t i = clusters.widest; i < *end; ++i) {
        if (++lines > 12) {
            text << "\n  ... (" << *end - i << " more)";
            break;
        }
        const Index k = bohr.element[i] % n, l = bohr.element[i] / n;
        text << "\n  " << bohr.frequency[i] << "   " << k << "   " << l;
        if (i + 1 < *end) text << "   " << bohr.frequency[i + 1] - bohr.frequency[i];
    }
    return text.str();
}

}  // namespace redfield
