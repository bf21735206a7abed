#include "redfield/system/bath_table.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "redfield/base/errors.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

BathTable::BathTable(RealMatrix half_rate_table, RealMatrix lamb_shift_table)
    : half_rate(std::move(half_rate_table)), lamb_shift(std::move(lamb_shift_table)) {
    require(half_rate.rows() == half_rate.cols(), "BathTable: the table must be square");
    require(half_rate.allFinite(), "BathTable: γ is NaN or infinite at a Bohr frequency");
    require(half_rate.size() == 0 || half_rate.minCoeff() >= 0.0,
            "BathTable: γ is negative at a Bohr frequency");
    require(lamb_shift.size() == 0 ||
                (lamb_shift.rows() == half_rate.rows() && lamb_shift.cols() == half_rate.cols()),
            "BathTable: the tables of γ and η differ in shape");
    require(lamb_shift.allFinite(), "BathTable: η is NaN or infinite at a Bohr frequency");
}

namespace {

/// Γ on the Bohr frequencies, of which each is asked for once.
BathTable tabulate(const RealVector& energies, const Bath& bath) {
    const RealMatrix frequencies = bohr_frequencies(energies);
    std::vector<double> distinct(frequencies.data(), frequencies.data() + frequencies.size());
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    std::vector<Complex> values(distinct.size());
    bath.one_sided(distinct.data(), values.data(), static_cast<Index>(distinct.size()));
    RealMatrix half_rate(frequencies.rows(), frequencies.cols()), lamb_shift = half_rate;
    for (Index k = 0; k < frequencies.size(); ++k) {
        const auto at = std::lower_bound(distinct.begin(), distinct.end(), frequencies.data()[k]);
        const Complex value = values[static_cast<std::size_t>(at - distinct.begin())];
        half_rate.data()[k] = value.real();
        lamb_shift.data()[k] = value.imag();
    }
    if (lamb_shift.cwiseAbs().sum() == 0.0) lamb_shift.resize(0, 0);
    return {std::move(half_rate), std::move(lamb_shift)};
}

}  // namespace

BathTable::BathTable(const RealVector& energies, const Bath& bath)
    : BathTable(tabulate(energies, bath)) {}

const Bath& Baths::bath(std::size_t table) const {
    require(table < tabulated.size(),
            "the system knows its baths at its Bohr frequencies alone: make it "
            "of the baths themselves");
    return tabulated[table];
}

Baths::Sorted Baths::by_bath() const {
    Sorted sorted;
    sorted.order.resize(of_coupling.size());
    std::iota(sorted.order.begin(), sorted.order.end(), std::size_t{0});
    std::stable_sort(sorted.order.begin(), sorted.order.end(),
                     [&](std::size_t a, std::size_t b) { return of_coupling[a] < of_coupling[b]; });
    sorted.first.assign(tables.size() + 1, 0);
    for (const Index b : of_coupling) ++sorted.first[static_cast<std::size_t>(b) + 1];
    std::partial_sum(sorted.first.begin(), sorted.first.end(), sorted.first.begin());
    return sorted;
}

}  // namespace redfield
