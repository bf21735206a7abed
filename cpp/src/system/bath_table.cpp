#include "redfield/system/bath_table.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "redfield/linalg/errors.hpp"
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
BathTable tabulate(const RealVector& energies, const OneSided& one_sided) {
    const Index n = energies.size();
    const RealMatrix frequencies = bohr_frequencies(energies);
    std::vector<Index> order(static_cast<std::size_t>(n * n));
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(),
              [w = frequencies.data()](Index a, Index b) { return w[a] != w[b] ? w[a] < w[b] : a < b; });
    RealMatrix half_rate(n, n), lamb_shift(n, n);
    Complex value = 0.0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const double w = frequencies.data()[order[i]];
        if (i == 0 || w != frequencies.data()[order[i - 1]]) value = one_sided(w);
        half_rate.data()[order[i]] = value.real();
        lamb_shift.data()[order[i]] = value.imag();
    }
    if (lamb_shift.cwiseAbs().sum() == 0.0) lamb_shift.resize(0, 0);
    return {std::move(half_rate), std::move(lamb_shift)};
}

}  // namespace

BathTable::BathTable(const RealVector& energies, const OneSided& one_sided)
    : BathTable(tabulate(energies, one_sided)) {}

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
