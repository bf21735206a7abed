#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"
#include "redfield/system/eigensystem.hpp"

namespace redfield {

/// The rounding of energies by a diagonalisation: (16 + N) ε max|E|, N levels in double precision.
REDFIELD_EXPORT double energy_rounding(const RealVector& energies);

/// The difference within which energies or Bohr frequencies are one unless the user says otherwise:
/// max(1e-13 (E_max − E_min), energy_rounding). Every tolerance between energies is this one.
REDFIELD_EXPORT double degeneracy_tol(const RealVector& energies);

/// (N, N), entry (k, l) = E_l − E_k, what |k⟩⟨l| releases to a bath; exactly 0 within degeneracy_tol, so
/// that rounding does not decide on which side of a jump in γ degenerate levels are.
REDFIELD_EXPORT RealMatrix bohr_frequencies(const RealVector& energies);

/// The N² Ω_kl = E_k − E_l of the elements ρ_kl, ascending; std::length_error where N² exceeds 2³¹ − 1.
struct REDFIELD_EXPORT BohrFrequencies {
    explicit BohrFrequencies(const RealVector& energies);

    std::vector<double> frequency;
    std::vector<std::int32_t> element;  ///< k + N l
};

/// Two Bohr frequencies belong to one cluster if a chain of steps ≤ tolerance leads from one to the
/// other.
struct REDFIELD_EXPORT BohrClusters {
    BohrClusters(const BohrFrequencies& bohr, double tolerance);

    /// Cluster c holds the positions [first[c], first[c + 1]) of the ascending frequencies.
    std::vector<std::size_t> first;
    /// The widest chain: a position inside it and its width, which exceeds `tolerance` where links chain.
    std::size_t widest = 0;
    double width = 0.0;
    /// The longest step inside a cluster: what the tolerance has called equal.
    double longest_link = 0.0;
    /// Whether every cluster is one pair of levels and its own frequency: Ω = 0 only for k = l.
    bool non_degenerate = true;
};

/// The frequencies and gaps of the chain at `position`, at most a dozen lines, for a message.
REDFIELD_EXPORT std::string gap_table(const BohrFrequencies& bohr, const BohrClusters& clusters, Index n);

}  // namespace redfield
