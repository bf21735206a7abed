#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "redfield/driven/system.hpp"
#include "redfield/trajectories/options.hpp"

namespace redfield::trajectories {

/// Kets that a jump may lead to, L_cψ as columns, and the channel of each.
struct Leaps {
    ComplexMatrix kets;
    std::vector<std::int64_t> channels;
};

/// What moves the kets of a driven equation of Lindblad form, in the basis H is given in.
struct DrivenForm {
    Index dimension = 0;
    /// G(t) = −iH(t) − ½Σ_c L_c†L_c; called by one thread at a time, outside parallel regions.
    std::function<ComplexMatrix(double t)> drift;
    std::function<Leaps(double t, const Eigen::VectorXcd& ket)> leaps;
    /// Whether `leaps` may be called by several threads; those of operators that move may be a user's
    /// functions, and then trajectories run on one.
    bool concurrent = true;
    std::vector<double> breaks;  ///< times at which G may jump or have a kink, ascending
    double max_step = std::numeric_limits<double>::infinity();
    driven::Resolution resolution;
};

/// Lindblad's equation: L_j(t) given, channel j.
REDFIELD_EXPORT DrivenForm driven_lindblad(driven::TimeOperator hamiltonian,
                                           std::vector<driven::TimeOperator> jumps);

/// Equations whose jump operators follow the eigenbasis of H(t), by their drift: L_j = √γ_j∘A_j or,
/// secular, √γ_j(ω)A_j(ω) for each Bohr frequency; the channel is j in both cases.
REDFIELD_EXPORT DrivenForm driven_in_eigenbasis(driven::System system, bool secular,
                                                std::function<ComplexMatrix(double t)> drift);

/// Quantum jumps of a driven equation, by the integrated hazard: ψ̇ = G(t)ψ until ‖ψ‖² has fallen to a
/// random number between 0 and 1, then ψ → L_cψ with a probability ∝ ‖L_cψ‖².
///
/// Time is cut into panels, on each of which the propagator U(t, a) from its beginning a is a polynomial
/// through panel_points Chebyshev points, made once for all trajectories (Dormand–Prince 5(4), G being
/// interpolated between the points). A panel is one product of U(b, a) with the kets. Where ‖U(b, a)ψ‖²
/// falls below the random number, the time of the jump is a root of the norm of the polynomial, and the
/// ket after it goes on as if it had been U(t, a)⁻¹ψ at a; panels are short against the decay, so that
/// the inverse is no larger than e³.
class REDFIELD_EXPORT DrivenJumps {
  public:
    /// Makes the panels of these times to `rtol` of a ket over all of them. Throws std::length_error
    /// where they take more than `max_bytes`, ConvergenceError, Interrupted, std::invalid_argument.
    DrivenJumps(DrivenForm form, std::vector<double> times, double rtol, double max_bytes = 1e300,
                const Monitor& monitor = {});
    ~DrivenJumps();
    DrivenJumps(DrivenJumps&&) noexcept;

    Index dimension() const;
    std::size_t panels() const;

    /// As QuantumJumps::run, at the times that the panels were made for, in double precision.
    void run(std::int64_t count, const Start& start, const std::vector<double>& times,
             const Operators& observables, const Options& options, const Record& record) const;

    /// As QuantumJumps::survival.
    RealVector survival(const Eigen::VectorXcd& ket, const std::vector<double>& times, double least = 0.0,
                        const Monitor& monitor = {}) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace redfield::trajectories
