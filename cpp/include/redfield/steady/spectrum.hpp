#pragma once

#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/steady/options.hpp"

namespace redfield {

/// How the slow modes of 𝓛 are found.
enum class SpectrumMethod {
    automatic,  ///< `direct` up to 16 levels; beyond `iterative` with every inverse, the sparse LU too
    direct,     ///< all modes of 𝓛 as a dense matrix
    iterative,  ///< shift-invert Arnoldi, whose linear systems GMRES solves
};

struct SpectrumOptions : SolverOptions {
    SpectrumMethod method = SpectrumMethod::automatic;
    double tol = 1e-10;  ///< of each eigenvalue, relative to its distance from the shift
};

/// The modes of 𝓛 nearest zero.
struct Spectrum {
    std::vector<Complex> eigenvalues;  ///< by distance from 0, each as often as it is degenerate
    std::vector<ComplexMatrix> modes;  ///< of unit Frobenius norm, in the basis H was given in
    double gap;     ///< the smallest −Re λ of a mode that is not stationary; NaN without one
    bool complete;  ///< whether `gap` is over all modes of 𝓛, else over those found
    long applications;
};

/// The k modes nearest zero, 1 ≤ k ≤ N². Throws ConvergenceError, Interrupted, std::invalid_argument,
/// std::length_error.
REDFIELD_EXPORT Spectrum spectrum(const Generator& generator, Index k,
                                  const SpectrumOptions& options = {});

}  // namespace redfield
