#pragma once

#include "redfield/hierarchy/hierarchy.hpp"
#include "redfield/steady/spectrum.hpp"

namespace redfield::hierarchy {

/// The k modes of a hierarchy nearest zero, 1 ≤ k ≤ N² planes(): of up to 400 numbers all by a dense
/// matrix, else by shift-invert Arnoldi, (𝓛 − σ)⁻¹ by GMRES preconditioned with that of Redfield's
/// equation. `modes` are the states' parts ρ_0 in the basis H was given in, of unit Frobenius norm; zero
/// where a mode is of the baths alone. Throws ConvergenceError, Interrupted, std::invalid_argument,
/// std::length_error.
REDFIELD_EXPORT Spectrum spectrum(const Hierarchy& hierarchy, Index k,
                                  const SpectrumOptions& options = {});

}  // namespace redfield::hierarchy
