#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/steady/options.hpp"

namespace redfield {

/// How 𝓛ρ = 0 is solved.
enum class SteadyMethod {
    automatic,  ///< the cheapest; the next, and for a small 𝓛 the dense LU, where one stagnates
    direct,     ///< LU of 𝓛 as a dense matrix, or its sparse LU in the basis with the fewest non-zeros
    /// GMRES on 𝓛ρ + w tr(ρ)1/N = w 1/N, preconditioned with the inverse of the secular part or, where
    /// that stagnates, of −iH − K acting from both sides.
    iterative,
};

struct SteadyOptions : SolverOptions {
    SteadyMethod method = SteadyMethod::automatic;
    /// The change that the residual may make in the state, in trace norm. Rounding may be more;
    /// `SteadyState::error` has both.
    double tol = 1e-10;
};

struct SteadyState {
    ComplexMatrix state;  ///< of trace 1, in the basis H was given in
    double residual;      ///< ‖𝓛ρ‖_F
    long applications;    ///< of 𝓛
    SteadyMethod method;
    /// Whether it is the only one; false for what one given state leads to where there are several.
    bool unique;
    /// ‖ρ − ρ_exact‖₁, estimated from the residual and rounding, amplified by the inverse of 𝓛: it
    /// grows as the fastest dissipative rate over the slowest.
    double error;
};

/// 𝓛ρ = 0 has several solutions.
class REDFIELD_EXPORT MultipleSteadyStates : public std::runtime_error {
  public:
    explicit MultipleSteadyStates(std::vector<ComplexMatrix> basis);
    /// For a null space so large that a basis of it does not fit into memory.
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

}  // namespace redfield
