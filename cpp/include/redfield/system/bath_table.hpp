#pragma once

#include <functional>
#include <vector>

#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// Γ(ω) = ∫₀^∞ ds e^{iωs} C(s) = ½γ(ω) + iη(ω) of one bath.
using OneSided = std::function<Complex(double)>;

/// Γ tabulated on the Bohr frequencies of a system: entry (k, l) is at ω = E_l − E_k, the energy that
/// |k⟩⟨l| releases to the bath.
struct REDFIELD_EXPORT BathTable {
    /// Tables given from outside; `lamb_shift` is empty where η is unknown or zero.
    BathTable(RealMatrix half_rate_table, RealMatrix lamb_shift_table = {});
    BathTable(const RealVector& energies, const OneSided& one_sided);

    RealMatrix half_rate;   ///< γ/2, non-negative
    RealMatrix lamb_shift;  ///< η, or empty

    double zero_frequency_rate() const { return 2.0 * half_rate(0, 0); }  ///< γ(0)
};

/// The baths of a system: tables, and which of them each coupling has.
struct REDFIELD_EXPORT Baths {
    std::vector<BathTable> tables;
    std::vector<Index> of_coupling;

    /// The bath of coupling j.
    const BathTable& of(std::size_t j) const { return tables[static_cast<std::size_t>(of_coupling[j])]; }

    /// The couplings sorted by bath: order[first[b]] … order[first[b + 1] − 1] have bath b.
    struct Sorted {
        std::vector<std::size_t> order;
        std::vector<Index> first;
    };
    Sorted by_bath() const;
};

}  // namespace redfield
