#pragma once

#include <memory>
#include <vector>

#include "redfield/system/bath_table.hpp"
#include "redfield/system/couplings.hpp"
#include "redfield/system/eigensystem.hpp"

namespace redfield {

namespace driven {
class System;
}

/// H = U diag(E) U† coupled through Σ_j A_j ⊗ B_j to independent baths: what every equation starts
/// from. Immutable; copies share their matrices.
class REDFIELD_EXPORT System {
  public:
    /// One bath means identical, independent baths on all couplings.
    System(const ComplexMatrix& hamiltonian, Couplings couplings, const Bath& bath);
    /// One bath for each coupling.
    System(const ComplexMatrix& hamiltonian, Couplings couplings, const std::vector<Bath>& baths);
    /// From a known eigensystem and tabulated baths.
    System(Eigensystem eigensystem, Couplings couplings, Baths baths);

    Index dimension() const { return eigensystem().dimension(); }
    const Eigensystem& eigensystem() const { return parts_->eigensystem; }
    const Couplings& couplings() const { return *parts_->couplings; }
    const Baths& baths() const { return parts_->baths; }

    /// The system with other baths; nothing of H and the couplings is computed or copied again.
    System with_baths(Baths baths) const;
    /// U†A_jU of operator j (not of site projectors). Kept, and shared by systems that differ in their
    /// baths, where all of them take little memory.
    ComplexMatrix operator_in_eigenbasis(std::size_t j) const;

  private:
    friend class SystemBatch;
    friend class driven::System;
    struct Rotated;
    struct Parts {
        Eigensystem eigensystem;
        std::shared_ptr<const Couplings> couplings;
        std::shared_ptr<Rotated> rotated;  ///< null where they are not kept
        Baths baths;
    };
    explicit System(Parts parts);

    std::shared_ptr<const Parts> parts_;
};

}  // namespace redfield
