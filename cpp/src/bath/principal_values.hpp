#pragma once

#include <limits>
#include <vector>

#include "redfield/bath/principal_value_nodes.hpp"

namespace redfield::bath {

/// The principal values of the universal Lindblad equation's Lamb shift,
///   h(ω, ω') = (1/2π) ∫₀^∞ dx/x [g(ω' − x) g(ω − x) − g(ω' + x) g(ω + x)],  g = √γ,
/// among a few frequencies: tables of one product each, whose nodes all pairs share.
class PrincipalValues {
  public:
    explicit PrincipalValues(Bath bath);

    /// h(ω_c, ω_a) at entry (a, c), to 1e-8 of the largest; ConvergenceError where it can not be,
    /// std::invalid_argument where γ does not fall off, so that there is no h. White noise, the same on
    /// both sides, has one: zero.
    RealMatrix among(const RealVector& w);

    /// The nodes of a rule for all pairs of the frequencies, each panel cut into `parts`; throws as
    /// among, but asks nothing of its accuracy.
    PrincipalValueNodes nodes(const RealVector& w, int parts) const { return nodes(edges(w), parts); }

  private:
    using Nodes = PrincipalValueNodes;

    /// √γ at `count` frequencies, 0 where γ is infinite; std::invalid_argument where it is negative or no
    /// number.
    void roots(const double* w, double* out, Index count) const;
    std::vector<double> edges(const RealVector& w) const;
    std::vector<double> beyond(const RealVector& w, Feature last) const;
    Nodes nodes(const std::vector<double>& edges, int parts) const;
    RealMatrix integrate(const RealVector& w, const Nodes& nodes) const;
    double largest_rate(const RealVector& w) const;

    Bath bath_;
    std::vector<Feature> features_;
    double finest_ = std::numeric_limits<double>::infinity();  ///< the narrowest feature's width
    int parts_ = 1;  ///< into which panels are cut, as far as the frequencies so far needed
};

}  // namespace redfield::bath
