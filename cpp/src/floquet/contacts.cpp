#include "floquet/contacts.hpp"

#include "system/require_operator.hpp"

namespace redfield::floquet {

void check(const Contacts& contacts, Index n, const char* who) {
    const Harmonics& couplings = contacts.couplings;
    require(couplings.most >= 0, who, ": couplings.most is negative, ", couplings.most);
    for (std::size_t j = 0; j < couplings.of.size(); ++j) {
        const auto count = static_cast<Index>(couplings.of[j].size());
        require(count == 2 * couplings.most + 1, who, ": coupling ", j, " has ", count,
                " harmonics, not 2 most + 1 = ", 2 * couplings.most + 1);
        for (Index h = -couplings.most; h <= couplings.most; ++h)
            system::require_operator(couplings.at(j, h), n, who, ": harmonic ", h, " of coupling ", j);
    }
    require(contacts.bath_of_coupling.size() == couplings.of.size(), who, ": bath_of_coupling has ",
            contacts.bath_of_coupling.size(), " entries for ", couplings.of.size(), " couplings");
    for (std::size_t j = 0; j < contacts.bath_of_coupling.size(); ++j) {
        const Index b = contacts.bath_of_coupling[j];
        require(b >= 0 && b < static_cast<Index>(contacts.spectra.size()), who, ": bath_of_coupling[", j,
                "] = ", b, ", there are ", contacts.spectra.size(), " spectra");
    }
}

}  // namespace redfield::floquet
