#pragma once

#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// Γ tabulated on the Bohr frequencies of a system: entry (k, l) is at ω = E_l − E_k, the energy that
/// |k⟩⟨l| releases to the bath.
struct REDFIELD_EXPORT BathTable {
    /// Tables given from outside; `lamb_shift` is empty where η is unknown or zero.
    BathTable(RealMatrix half_rate_table, RealMatrix lamb_shift_table = {});
    BathTable(const RealVector& energies, const Bath& bath);

    RealMatrix half_rate;   ///< γ/2, non-negative
    RealMatrix lamb_shift;  ///< η, or empty

    double zero_frequency_rate() const { return 2.0 * half_rate(0, 0); }  ///< γ(0)
};

/// The baths of a system: tables, which of them each coupling has, and the baths that were tabulated.
struct REDFIELD_EXPORT Baths {
    std::vector<BathTable> tables;
    std::vector<Index> of_coupling;
    std::vector<Bath> tabulated{};  ///< one a table, or none where tables alone are known

    /// The bath of a table, for what lies between the Bohr frequencies; std::invalid_argument where
    /// tables alone are known.
    const Bath& bath(std::size_t table) const;

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
