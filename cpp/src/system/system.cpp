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

System::System(const ComplexMatrix& hamiltonian, Couplings couplings,
               const std::vector<OneSided>& baths) {
    const Index n = count(couplings);
    require(baths.size() == 1 || static_cast<Index>(baths.size()) == n, "System: ", baths.size(),
            " baths for ", n, " couplings; give one bath for all or one each");
    check(couplings, hamiltonian.rows());
    Eigensystem eigensystem(hamiltonian);
    Baths tables = tabulate(eigensystem.energies(), baths, n);
    *this = System(std::move(eigensystem), std::move(couplings), std::move(tables));
}

System::System(Eigensystem eigensystem, Couplings couplings, Baths baths) {
    const Index n = eigensystem.dimension();
    check(couplings, n);
    require(static_cast<Index>(baths.of_coupling.size()) == count(couplings),
            "System: each coupling must name its bath");
    for (const Index b : baths.of_coupling)
        require(b >= 0 && b < static_cast<Index>(baths.tables.size()), "System: a coupling names bath ",
                b, ", which does not exist");
    for (const BathTable& table : baths.tables)
        require(table.half_rate.rows() == n, "System: a bath table does not have the system's dimension");
    parts_ = std::make_shared<const Parts>(
        Parts{std::move(eigensystem), std::move(couplings), std::move(baths)});
}

}  // namespace redfield
