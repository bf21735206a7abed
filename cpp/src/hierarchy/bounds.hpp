#pragma once

#include <algorithm>
#include <cmath>

#include "evolve/faber.hpp"
#include "redfield/hierarchy/fermionic.hpp"
#include "redfield/hierarchy/hierarchy.hpp"

namespace redfield::hierarchy {

/// The exponentials damp each operator of a hierarchy by −Re Σγ, `fastest` at most, and turn it by
/// |Im Σγ|, `turned` at most and no more than `slope` times what they damp.
struct Turning {
    double fastest, turned, slope;

    /// The region of the spectrum where H and the couplings turn by `undamped`, and the couplings damp by
    /// `damped`, besides.
    integrators::Region region(double undamped, double damped) const;
};

/// The largest |Im γ| over Re γ.
template <class Terms>
double slope_of(const Terms& terms) {
    double slope = 0.0;
    for (const auto& term : terms)
        if (term.rate.imag() != 0.0)
            slope = std::max(slope, std::abs(term.rate.imag()) / std::max(term.rate.real(), 1e-300));
    return slope;
}

/// Where the spectrum of a hierarchy lies, about: the couplings s_k√(n_k+1) U_k and (√n_k/s_k) D_k move
/// between tiers as Σ_k x_k(b_k + b_k†) of oscillators with at most `depth` quanta. Their antisymmetric
/// part, of x = ½(s + (c + c̃)/2s) and the anticommutator's share, turns; the symmetric one damps. An
/// operator that turns by n·Im γ is damped by n·Re γ. An expansion finds where it is too small.
integrators::Region region(const Hierarchy& hierarchy);

/// That of leads, whose exponentials have at most one quantum each: ‖Σ_k x_k b_k‖ = √Σ x_k².
integrators::Region region(const FermionicHierarchy& hierarchy);

}  // namespace redfield::hierarchy
