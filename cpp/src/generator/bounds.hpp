#pragma once

#include "redfield/generator/generator.hpp"

namespace redfield::generator {

/// The bounds of an equation with decay K beside a Hamiltonian of a bandwidth; `positive` where all its
/// couplings are positive semidefinite, as projectors are.
SpectralBounds spectral_bounds(double bandwidth, const ComplexMatrix& decay, bool positive);
/// The bounds of an equation with G = −iH − K follow from the ranges of H and of K + K†, by Lanczos's
/// method.
SpectralBounds spectral_bounds(const SparseMatrix& g);
SpectralBounds spectral_bounds(const System& system, const ComplexMatrix& decay);

}  // namespace redfield::generator
