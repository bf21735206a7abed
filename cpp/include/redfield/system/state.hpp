#pragma once

#include "redfield/linalg/types.hpp"

namespace redfield {

/// The basis a packed state is in: the one H was given in, or H's eigenbasis.
enum class Frame { given, eigenbasis };

/// A packed Hermitian state (linalg/hermitian.hpp) and its basis; the matrix must outlive it.
struct StateView {
    const RealMatrix& packed;
    Frame frame;
};

}  // namespace redfield
