#pragma once

#include <type_traits>
#include <vector>

#include "redfield/generator/generator.hpp"

namespace redfield::integrators {

/// The logarithm of the growth of rounding in a step, at most.
constexpr double largest_budget = 10.0;

/// Where a spectrum lies: within `box`, with |Im z| ≤ undamped + (half_height − undamped)·|Re z|/knee as
/// far as the knee, where what turns fast is damped as fast; a knee of 0 is the box.
struct Region {
    SpectralBounds box;
    double undamped = 0.0, knee = 0.0;

    Region(const SpectralBounds& bounds) : box(bounds) {}  // NOLINT(google-explicit-constructor)
    Region(const SpectralBounds& bounds, double height, double end)
        : box(bounds), undamped(height), knee(end) {}
    /// The trapezoid that an equation's spectrum is likely to lie in, where it saves terms: what turns
    /// fast is a coherence with a level that decays. Of a spectrum that is elsewhere an expansion grows
    /// within a few terms, and starts again.
    static Region likely(const SpectralBounds& bounds, double span);
    /// One that reaches further, where the spectrum was seen to.
    Region wider() const;
};

/// Outputs are `spacing` apart, and each adds up the terms of its step, at `term` of the cost of an
/// application each.
struct OutputCost {
    double spacing, term;

    /// Outputs have so many elements, and an application takes so many nanoseconds of one core.
    static OutputCost of(const std::vector<double>& times, Eigen::Index elements, double application);
};

/// The ellipse  c + r(w − q/w), |w| = 1: centre c < 0, horizontal semi-axis a, vertical semi-axis b,
/// r = (a + b)/2, q = (b − a)/(b + a).
///
/// Its Faber polynomials obey  F₁ = (z−c)/r,  F₂ = (z−c)/r F₁ + 2q,  F_{k+1} = (z−c)/r F_k + q F_{k−1},
/// stay of order one on it, and e^{τz} = Σ b_k(τ) F_k(z) with |b_k| ≤ e^{τ(c+a)}: with c + a ≈ 0 no term
/// is larger than the sum, however strong the dissipation. A flat ellipse (a → 0) gives the Chebyshev
/// expansion, b_k → J_k(bτ).
struct REDFIELD_EXPORT Ellipse {
    double centre, a, b;
    double longest_step;  ///< keeps e^{τ(c+a)}, the amplification of rounding, within its budget

    double radius() const { return 0.5 * (a + b); }
    double q() const { return a + b > 0.0 ? (b - a) / (b + a) : 0.0; }
    /// Terms needed per unit time for long times.
    double reach() const { return a > b ? a : b; }

    /// About how many terms an interval needs in all its steps.
    double terms(double span) const;
    /// The outputs of a step cost so much over its applications; its end is one of them.
    double burden(const OutputCost& outputs) const {
        return 0.5 * outputs.term *
               (longest_step > outputs.spacing ? longest_step / outputs.spacing : 1.0);
    }

    /// The cheapest ellipse around a region, for an interval `span` and a rounding amplification of at
    /// most e^budget a step. A wide ellipse needs hardly more height than the box but short steps, a
    /// narrow one the reverse. Many outputs want short steps.
    static Ellipse around(const Region& region, double span, double budget,
                          const OutputCost& outputs = {1.0, 0.0});
};

/// The ellipse with parameters rounded up to values that the precision represents exactly.
template <class Scalar>
Ellipse exactly_in(const Ellipse& e) {
    if (std::is_same_v<Scalar, double> || !(e.radius() > 0.0)) return e;
    const double radius = 1.0 / static_cast<double>(static_cast<Scalar>(1.0 / e.radius()));
    const double q = static_cast<Scalar>(e.q());
    return {static_cast<Scalar>(e.centre), radius * (1.0 - q), radius * (1.0 + q), e.longest_step};
}

/// F_k(0), k = 0 … count − 1, what every polynomial makes of the trace where tr 𝓛ρ = 0.
std::vector<double> faber_at_zero(const Ellipse& ellipse, Eigen::Index count);

/// b_k(τ), k = 0 … size − 1, truncated where Σ_{j ≥ size} |b_j| < tolerance.
/// Miller's backward recurrence k b_k = τr (b_{k−1} + q b_{k+1}), normalised at w = 1 where the
/// series is e^{τ(c+a)}. With `conserve` they keep the trace of what a generator with tr 𝓛ρ = 0 moves.
REDFIELD_EXPORT std::vector<double> faber_coefficients(const Ellipse& ellipse, double tau,
                                                       double tolerance, bool conserve = true);

}  // namespace redfield::integrators
