#pragma once

#include <vector>

#include "bath/gauss.hpp"
#include "bath/power_law.hpp"
#include "redfield/bath/expansion.hpp"

namespace redfield::bath {

/// A function of one variable as Legendre series on adjoining panels, with power laws beside them and
/// zero outside. On a panel [c − h, c + h] with f = Σ a_n P_n,
///   P∫ f(ν)/(ω − ν) dν = 2 Σ a_n Q_n((ω − c)/h)            (Neumann),
///   ∫ f(ν) e^{−iνt} dν = 2h e^{−ict} Σ a_n (−i)ⁿ j_n(ht),
/// and from a distance, or where e^{−iνt} turns little, Gauss's rule is exact too and cheaper.
template <class Scalar, Index points>
class Panels {
  public:
    static constexpr Index order = points;
    using Series = Eigen::Array<Scalar, order, 1>;

    struct Panel {
        /// f given by its values at Gauss's points of [left, right]; neighbours share their end exactly.
        Panel(double left, double right, const Series& values);

        double left, right, centre, half;
        Series weighted;  ///< f at Gauss's points, times their weights
        Series series;    ///< coefficients a_n
        double size;      ///< Σ|a_n|, a bound of |f|
        double error;     ///< estimated largest error: what the last terms tell of those left out
    };
    static const GaussRule& rule();

    /// Panels in ascending order, adjoining.
    explicit Panels(std::vector<Panel> panels, std::vector<PowerLaw> laws = {});

    double first() const { return panels_.front().left; }
    double last() const { return panels_.back().right; }
    const std::vector<Panel>& panels() const { return panels_; }
    const std::vector<PowerLaw>& laws() const { return laws_; }
    /// The ends of the panels, ascending.
    const std::vector<double>& ends() const { return ends_; }

    /// f(x), inner power laws included; where two panels meet the limit from below, or from above.
    Scalar operator()(double x, bool from_above = false) const;
    /// P∫ f(ν)/(ω − ν) dν of the real part; infinite at an end of a panel where f jumps.
    double hilbert(double w) const;
    /// An estimate from above of the error of `hilbert` at ω.
    double hilbert_error(double w) const;
    /// ∫ |f(ν)|/|ω − ν| dν over the panels from above, neighbourhoods of ω without their logarithm.
    double hilbert_size(double w) const;
    /// F(t) = ∫ f(ν) e^{−iνt} dν, and, where `moment` is not null, ∫ ν f(ν) e^{−iνt} dν of the panels.
    Complex fourier(double t, Complex* moment = nullptr) const;

    /// Nodes and weights of ∫ dν f(ν) g(ν), and f there, for a g that turns no faster than `fastest` and
    /// is smooth between `cuts`: as many Gauss points a part as a panel has.
    struct Nodes {
        std::vector<double> x, weight;
        std::vector<Scalar> values;
    };
    Nodes nodes(std::vector<double> cuts = {}, double fastest = 0.0) const;

  private:
    void find_jumps();
    template <class Amount>
    double from_panels(double w, Amount&& amount) const;

    std::vector<Panel> panels_;
    std::vector<PowerLaw> laws_;
    std::vector<double> ends_;
    std::vector<double> infinite_;  ///< at each end: what `hilbert` is there where f jumps, else 0
};

}  // namespace redfield::bath
