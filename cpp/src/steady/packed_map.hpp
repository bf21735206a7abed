#pragma once

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "redfield/generator/generator.hpp"
#include "redfield/linalg/gmres.hpp"

namespace redfield::steady {

/// A map of packed states as vectors of N² reals.
using LinearMap = linalg::LinearMap<double>;
using Preconditioner = linalg::Preconditioner<double>;
using Solution = linalg::Solution<double>;

/// The damping of a singular part of 𝓛, relative to the dissipative scale.
constexpr double singular_damping = 1e-12;

/// 𝓛 on packed states of the eigenbasis, a real N²×N² matrix, and how often it was applied.
///
/// Levels within energy_rounding of each other are one level to it: what rounding leaves of their
/// distance turns nothing, however weak the dissipation beside it.
class PackedMap {
  public:
    /// `adjoint_of` is the equation whose adjoint the generator is, so that its secular part is known.
    PackedMap(const Generator& generator, int threads, const Generator* adjoint_of = nullptr);

    Index levels() const { return n_; }
    Index size() const { return n_ * n_; }
    const Generator& generator() const { return generator_; }
    /// The equation that the map is of, or whose adjoint it is.
    const Generator& equation() const { return adjoint_of_ == nullptr ? generator_ : *adjoint_of_; }
    bool is_adjoint() const { return adjoint_of_ != nullptr; }
    long applications() const { return applications_; }
    /// The largest of the bounds: anything below `rounding()` of it is zero.
    double fastest() const { return fastest_; }
    double decay() const { return decay_; }
    /// The dissipative scale, the size of 𝓛 + i[H, ·]: anything below `rounding()` of it does not relax.
    /// Zero where nothing dissipates; the size of 𝓛 in the basis H was given in, which does not tell them
    /// apart.
    double rate() const { return rate_; }
    /// A rate that makes what nothing damps invertible, and is nothing beside the others.
    double touch() const { return std::max(singular_damping * rate_, 1e-16 * fastest_); }
    /// The free rotation ω_kl = E_k − E_l of the element at k + N l; zero between levels that are one.
    double rotation(Index element) const {
        return levels_.size() == 0 ? 0.0 : levels_[element % n_] - levels_[element / n_];
    }
    /// The rounding of H as a frequency.
    double energy_noise() const { return energy_noise_; }
    double rounding() const { return 1e-13 * static_cast<double>(n_); }

    void operator()(const RealVector& x, RealVector& out);
    /// 𝓛x + i[H, x].
    RealVector dissipated(const RealVector& x);
    double residual(const RealVector& x);
    /// The dense matrix; std::length_error where `copies` of it need more than max_bytes.
    RealMatrix matrix(double copies, double max_bytes);

    /// A packed vector as a complex matrix in the given basis.
    ComplexMatrix unpack(const RealVector& x) const;
    /// A matrix of the map's frame in the given basis.
    ComplexMatrix in_given_basis(const ComplexMatrix& x) const;
    /// A Hermitian matrix of the given basis as a packed vector.
    RealVector packed(const ComplexMatrix& given) const;
    double trace(const RealVector& x) const;

  private:
    Index transposed(Index element) const { return element / n_ + n_ * (element % n_); }

    const Generator& generator_;
    const Generator* adjoint_of_;
    Index n_;
    linalg::WorkspacePool::Lease ws_;
    double fastest_, decay_, rate_, energy_noise_ = 0.0;
    RealVector levels_;  ///< energies, equal where they are one level; empty in the given basis
    /// Elements k + N l of one level, and the rotation that `apply` has and should not have.
    std::vector<std::pair<Index, double>> excess_;
    long applications_ = 0;
};

/// A packed operator without any symmetry; the same numbers on every machine.
RealVector random_operator(std::mt19937_64& engine, Index size);

}  // namespace redfield::steady
