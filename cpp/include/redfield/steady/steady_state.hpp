#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/linalg/monitor.hpp"

namespace redfield {

/// How 𝓛ρ = 0 is solved.
enum class SteadyMethod {
    automatic,  ///< what costs least; the next, and of a small 𝓛 the dense LU, where one stagnates
    direct,     ///< LU of 𝓛 as a dense matrix, or its sparse LU in the basis with the fewest non-zeros
    /// GMRES on 𝓛ρ + w tr(ρ)1/N = w 1/N, preconditioned with the inverse of the secular part or, where
    /// that stagnates, of −iH − K acting from both sides.
    iterative,
};

struct SteadyOptions {
    SteadyMethod method = SteadyMethod::automatic;
    /// What the residual may change in the state, in trace norm; of `spectrum` and the resolvent relative
    /// to each number. Rounding may be more, `SteadyState::error` has both.
    double tol = 1e-10;
    int threads = 0;           ///< inside one product; 0 chooses
    double max_bytes = 1e300;  ///< std::length_error where a matrix or a Krylov space needs more
    Monitor monitor;
};

struct SteadyState {
    ComplexMatrix state;  ///< of trace 1, in the basis H was given in
    double residual;      ///< ‖𝓛ρ‖_F
    long applications;    ///< of 𝓛
    SteadyMethod method;
    /// Whether it is the only one; false for what one given state leads to where there are several.
    bool unique;
    /// ‖ρ − ρ_exact‖₁, estimated from what the inverse of 𝓛 makes of the residual and of rounding: it
    /// grows as the fastest dissipative rate over the slowest.
    double error;
};

/// 𝓛ρ = 0 has several solutions.
class REDFIELD_EXPORT MultipleSteadyStates : public std::runtime_error {
  public:
    explicit MultipleSteadyStates(std::vector<ComplexMatrix> basis);
    /// So many that a basis of them does not fit into memory.
    explicit MultipleSteadyStates(Index count);
    /// The dimension of 𝓛's null space.
    Index count() const { return count_; }
    /// An orthonormal Hermitian basis of it in the given basis, or nothing where it does not fit.
    const std::vector<ComplexMatrix>& states() const { return states_; }

  private:
    Index count_;
    std::vector<ComplexMatrix> states_;
};

/// The state with 𝓛ρ = 0 and tr ρ = 1. That it is the only one is shown by solving for random right-hand
/// sides, in units of each element's own rate: the zero of 𝓛 is judged relative to its dissipative scale,
/// not to the bandwidth of H. Throws MultipleSteadyStates, ConvergenceError, Interrupted,
/// std::length_error.
REDFIELD_EXPORT SteadyState steady_state(const Generator& generator, const SteadyOptions& options = {});

/// The steady state that rho0, a matrix in the basis H was given in, leads to: the projection of it on
/// the null space of 𝓛 along everything that decays, the mean over late times where coherences turn for
/// ever. Where there is one steady state that is it, times tr rho0.
REDFIELD_EXPORT SteadyState steady_state(const Generator& generator, const ComplexMatrix& rho0,
                                         const SteadyOptions& options = {});

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
