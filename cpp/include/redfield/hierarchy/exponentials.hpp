#pragma once

#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// C(t) = Σ_k c_k e^{−ν_k t}, t ≥ 0, with Re ν_k > 0: a bath's correlation function as the hierarchy
/// takes it, and what is over before anything else moves.
struct REDFIELD_EXPORT Exponentials {
    Eigen::VectorXcd coefficients, rates;
    /// d = ∫₀^∞ of the rest of C, which acts at once: −[A, dAρ − d*ρA] on every auxiliary operator.
    Complex remainder = 0.0;
};

namespace hierarchy {

/// One exponential of a hierarchy: C(t) has c e^{−νt} and C(t)* has c̃ e^{−νt} of it.
struct Term {
    Index operator_index;  ///< j of the coupling A_j
    Complex c, conjugate;  ///< c and c̃
    Complex rate;          ///< ν
    Index partner;         ///< the term with ν*, itself where ν is real
    double scale;          ///< s = √max(|c|, |c̃|), the unit of its auxiliary operators
    /// x = s (a_max − a_min)/|ν| with the extreme eigenvalues of A_j: an auxiliary operator is of the
    /// size Π_k x_k^{n_k}/√n_k!, and exactly so where A_j commutes with H and the bath is slow.
    double amplitude = 1.0;
    /// The place of c among the coefficients of all baths; −1 of a term that has none.
    Index place = -1;
};

/// The terms of all baths, closed under conjugation: a real ν gives (c, c*, ν); a pair of rates ν, ν*
/// with coefficients c and c′ gives (c, c′*, ν) and (c′, c*, ν*), c′ = 0 where ν* is not among the rates.
/// `operator_of[j]` is the operator that bath j acts on. std::invalid_argument unless Re ν > 0 and all
/// numbers are finite.
std::vector<Term> closed_terms(const std::vector<Exponentials>& baths,
                               const std::vector<Index>& operator_of);

}  // namespace hierarchy
}  // namespace redfield
