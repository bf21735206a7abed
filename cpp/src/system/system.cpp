#include "redfield/system/system.hpp"

#include <string>

#include "redfield/linalg/errors.hpp"

namespace redfield {

namespace {

Baths tabulate(const RealVector& energies, const std::vector<OneSided>& baths, Index couplings) {
    Baths out;
    for (const OneSided& bath : baths) out.tables.emplace_back(energies, bath);
    for (Index j = 0; j < couplings; ++j) out.of_coupling.push_back(baths.size() == 1 ? 0 : j);
    return out;
}

}  // namespace

System::System(const ComplexMatrix& hamiltonian, Couplings couplings, const OneSided& bath)
    : System(hamiltonian, std::move(couplings), std::vector<OneSided>{bath}) {}

System::System(const ComplexMatrix& hamiltonian, Couplings couplings, const std::vector<OneSided>& baths)
    : eigensystem_(hamiltonian), couplings_(std::move(couplings)) {
    const auto n = static_cast<std::size_t>(count(couplings_));
    require(baths.size() == 1 || baths.size() == n, "System: " + std::to_string(baths.size()) +
                                                        " baths for " + std::to_string(n) +
                                                        " couplings; give one bath for all or one each");
    baths_ = tabulate(eigensystem_.energies(), baths, count(couplings_));
    check(couplings_, dimension());
}

System::System(Eigensystem eigensystem, Couplings couplings, Baths baths)
    : eigensystem_(std::move(eigensystem)), couplings_(std::move(couplings)), baths_(std::move(baths)) {
    check(couplings_, dimension());
    require(static_cast<Index>(baths_.of_coupling.size()) == count(couplings_),
            "System: each coupling must name its bath");
    for (const Index b : baths_.of_coupling)
        require(b >= 0 && b < static_cast<Index>(baths_.tables.size()),
                "System: a coupling names bath " + std::to_string(b) + ", which does not exist");
    for (const BathTable& table : baths_.tables)
        require(table.half_rate.rows() == dimension(),
                "System: a bath table does not have the system's dimension");
}

}  // namespace redfield
