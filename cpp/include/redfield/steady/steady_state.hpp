#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/linalg/monitor.hpp"

namespace redfield {

/// How 𝓛ρ = 0 is solved.
enum class SteadyMethod {
    automatic,  ///< the quickest; "direct" where GMRES stagnates and 𝓛 is small
    direct,     ///< null space of 𝓛 as a dense matrix, or the sparse LU of an assembled one
    iterative,  ///< GMRES on 𝓛ρ + w tr(ρ)1/N = w 1/N, preconditioned with the secular part's inverse
};

struct SteadyOptions {
    SteadyMethod method = SteadyMethod::automatic;
    double tol = 1e-10;        ///< on ‖𝓛ρ‖_F, relative to the fastest rate; not below 1e-13 N
    int threads = 0;           ///< inside one product; 0 chooses
    double max_bytes = 1e300;  ///< std::length_error where a matrix or a Krylov space needs more
    Monitor monitor;
};

struct SteadyState {
    ComplexMatrix state;  ///< of trace 1, in the basis H was given in
    double residual;      ///< ‖𝓛ρ‖_F
    long applications;    ///< of 𝓛
    SteadyMethod method;
    /// Whether it was shown to be the only one; false where GMRES stagnates on random operators.
    bool unique;
};

/// 𝓛ρ = 0 has several solutions.
class REDFIELD_EXPORT MultipleSteadyStates : public std::runtime_error {
  public:
    explicit MultipleSteadyStates(std::vector<ComplexMatrix> basis);
    /// An orthonormal Hermitian basis of 𝓛's null space in the given basis.
    const std::vector<ComplexMatrix>& states() const { return states_; }

  private:
    std::vector<ComplexMatrix> states_;
};

/// The state with 𝓛ρ = 0 and tr ρ = 1. That it is the only one is tested by what 𝓛 leaves of random
/// operators. Throws MultipleSteadyStates, ConvergenceError, Interrupted, std::length_error.
REDFIELD_EXPORT SteadyState steady_state(const Generator& generator, const SteadyOptions& options = {});

/// The modes of 𝓛 nearest zero.
struct Spectrum {
    std::vector<Complex> eigenvalues;  ///< by distance from 0, each as often as it is degenerate
    std::vector<ComplexMatrix> modes;  ///< of unit Frobenius norm, in the basis H was given in
    double gap;     ///< the least −Re λ of a mode that is not stationary; NaN without one
    bool complete;  ///< whether `gap` is over all modes of 𝓛, else over those found
    long applications;
};

/// The k modes nearest zero; options.tol is relative to each eigenvalue's distance from the shift.
/// "direct" diagonalises 𝓛 as a dense matrix, "iterative" is shift-invert Arnoldi, whose linear systems
/// GMRES solves.
REDFIELD_EXPORT Spectrum spectrum(const Generator& generator, Index k, const SteadyOptions& options = {});

}  // namespace redfield
