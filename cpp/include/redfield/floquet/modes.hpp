#pragma once

#include <memory>
#include <vector>

#include "redfield/driven/time_operator.hpp"

namespace redfield::floquet {

/// Floquet modes of H(t + T) = H(t):
///   U(t, t₀) = Φ(t) e^{−iε(t − t₀)} Φ(t₀)†,  Φ(t + T) = Φ(t)
/// (Shirley 1965, doi:10.1103/PhysRev.138.B979). Copies share what they are made of.
class REDFIELD_EXPORT Modes {
  public:
    /// `panels`: times, ascending, from t₀ to t₀ + T; between two of them H is a polynomial.
    ///
    /// Throws driven::UnresolvedPanel where one is too long for what happens in it.
    Modes(const driven::TimeOperator& hamiltonian, const std::vector<double>& panels, int threads = 0);

    Index dimension() const { return quasienergies_.size(); }
    double start() const { return start_; }
    double period() const { return period_; }
    /// 2π/T.
    double frequency() const;
    /// ε in (−π/T, π/T], ascending.
    const RealVector& quasienergies() const { return quasienergies_; }
    /// Quasienergies plus those multiples of 2π/T that bring each nearest to the mean of H in its mode:
    /// with them Φ turns slowly, and they are the energies of a constant H.
    const RealVector& energies() const { return energies_; }

    /// Φ(t) that belongs to energies().
    ComplexMatrix at(double t) const;
    /// Φ(t)e^{−iε(t − t₀)}, the frame in which nothing moves without baths: ρ = VρV†.
    ComplexMatrix frame(double t) const;

  private:
    /// U(t, t₀)Φ(t₀) within the first period.
    ComplexMatrix within(double since) const;

    struct Kept;
    std::shared_ptr<const Kept> kept_;
    double start_, period_;
    RealVector quasienergies_, energies_;
    ComplexMatrix initial_;
};

/// Operators in the modes:  Φ†(t)A(t)Φ(t) = Σ_n A_n e^{inΩ(t − t₀)},  |n| ≤ most.
struct Harmonics {
    Index most;
    std::vector<std::vector<ComplexMatrix>> of;  ///< [operator][n + most], N×N
    double left;  ///< the norm of what lies beyond, relative to the whole, of the worst

    const ComplexMatrix& at(std::size_t j, Index n) const {
        return of[j][static_cast<std::size_t>(n + most)];
    }
};

struct HarmonicsOptions {
    double tol = 1e-9;         ///< on `left`
    Index most = 1024;         ///< harmonics at most; ConvergenceError where tol needs more
    bool enough = false;       ///< whether `most` of them are taken where tol needs more
    double max_bytes = 1e300;  ///< std::length_error where they need more
    int threads = 0;
    Index fewest = 8;  ///< moments of a period at first, which nothing is to happen between
};

REDFIELD_EXPORT Harmonics harmonics(const Modes& modes,
                                    const std::vector<driven::TimeOperator>& operators,
                                    const HarmonicsOptions& options = {});

}  // namespace redfield::floquet
