#pragma once

#include <vector>

#include "redfield/system/bath_table.hpp"
#include "redfield/system/couplings.hpp"
#include "redfield/system/eigensystem.hpp"

namespace redfield {

/// H = U diag(E) U† coupled through Σ_j A_j ⊗ B_j to independent baths: what every equation starts from.
class REDFIELD_EXPORT System {
  public:
    /// One bath means identical, independent baths on all couplings.
    System(const ComplexMatrix& hamiltonian, Couplings couplings, const OneSided& bath);
    /// One bath for each coupling.
    System(const ComplexMatrix& hamiltonian, Couplings couplings, const std::vector<OneSided>& baths);
    /// From a known eigensystem and tabulated baths.
    System(Eigensystem eigensystem, Couplings couplings, Baths baths);

    Index dimension() const { return eigensystem_.dimension(); }
    const Eigensystem& eigensystem() const { return eigensystem_; }
    const Couplings& couplings() const { return couplings_; }
    const Baths& baths() const { return baths_; }

  private:
    Eigensystem eigensystem_;
    Couplings couplings_;
    Baths baths_;
};

}  // namespace redfield
