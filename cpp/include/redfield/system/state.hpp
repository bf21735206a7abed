#pragma once

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// The basis a packed state is in: the one H was given in, or H's eigenbasis.
enum class Frame { given, eigenbasis };

/// A packed Hermitian state (linalg/hermitian.hpp) and its basis; the matrix must outlive it.
struct StateView {
    const RealMatrix& packed;
    Frame frame;
};

/// An initial state, packed: the Hermitian part of a density matrix (n, n), or |ψ⟩⟨ψ| of a ket (n, 1).
/// std::invalid_argument for another shape.
REDFIELD_EXPORT RealMatrix pack_state(const ComplexMatrix& rho0, Index n);

}  // namespace redfield
