#pragma once

#include <memory>

#include "redfield/base/types.hpp"
#include "redfield/linalg/planar.hpp"
#include "redfield/system/state.hpp"

namespace redfield {

/// H = U diag(E) U†, E ascending; column k of U is eigenvector k. Immutable; copies share their matrices.
class REDFIELD_EXPORT Eigensystem {
  public:
    /// Diagonalises a Hermitian H (std::invalid_argument if it is empty, not square, not finite, or not
    /// Hermitian within 1e-10 max|H|).
    explicit Eigensystem(const ComplexMatrix& hamiltonian);

    /// Adopts a decomposition computed elsewhere; U must be unitary within 1e-8.
    Eigensystem(RealVector energies, const ComplexMatrix& eigenvectors);

    /// The basis H was given in instead of its eigenbasis, for what is solved there: U = 1 and no
    /// energies.
    static Eigensystem given_basis(Index n);
    bool is_given_basis() const { return data_->vectors.rows() == 0; }
    /// The frame of states between these vectors.
    Frame frame() const { return is_given_basis() ? Frame::given : Frame::eigenbasis; }
    /// Whether two are the same basis and energies.
    bool operator==(const Eigensystem& other) const;

    Index dimension() const { return data_->energies.size(); }
    const RealVector& energies() const { return data_->energies; }
    /// E_max − E_min.
    double bandwidth() const { return energies()[dimension() - 1] - energies()[0]; }

    const linalg::Factor& vectors() const { return data_->vectors; }  ///< U; empty of the given basis
    const linalg::Factor& adjoint() const { return data_->adjoint; }  ///< U†; the same
    ComplexMatrix eigenvectors() const;

    /// U† X U and U X U† of any operator, as complex matrices.
    ComplexMatrix to_eigenbasis(const ComplexMatrix& x) const;
    ComplexMatrix from_eigenbasis(const ComplexMatrix& x) const;

    /// Changes of basis of packed Hermitian matrices.
    RealMatrix to_eigenbasis(const ConstRef& packed, int threads) const;
    RealMatrix from_eigenbasis(const ConstRef& packed, int threads) const;
    /// The state in `frame`, as a copy where it is in it already.
    RealMatrix in_frame(Frame frame, StateView state, int threads) const;

  private:
    friend class EigensystemBatch;
    Eigensystem() = default;

    struct Data {
        RealVector energies;
        linalg::Factor vectors, adjoint;
    };
    void set(RealVector energies, const ComplexMatrix& eigenvectors);

    std::shared_ptr<const Data> data_;
};

}  // namespace redfield
