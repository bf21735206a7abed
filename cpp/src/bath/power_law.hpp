#pragma once

#include "redfield/base/types.hpp"

namespace redfield::bath {

/// A power law at an end of an expansion, whose transforms are closed forms:
///   f(start ± x) = value (x/reach)^{−power} for x ≥ reach, or, where it is inner,
///   f(start ± x) = value (x/reach)^{power} for 0 < x ≤ reach, power > −1.
struct PowerLaw {
    /// By how much of its value a function may differ from its power law.
    static constexpr double precise = 1e-11;

    double start;  ///< the origin of x
    double side;   ///< +1 or −1, the direction in which x is counted
    double reach, value, power;
    bool inner = false;
    double error = precise;  ///< by how much of the value f may differ

    /// Whether f is a constant: white noise, whose transform exists together with the other side's only.
    bool level() const { return !inner && power == 0.0; }
    /// f where the law holds, 0 elsewhere.
    double operator()(double x) const;
    /// P∫ f(ν)/(ω − ν) dν; of a constant without the part that the other side's cancels.
    /// std::invalid_argument where ω is not far inside the reach of an outer law.
    double hilbert(double w) const;
    /// From above, how wrong `hilbert` may be at ω.
    double hilbert_error(double w) const;
    /// ∫ f(ν) e^{−iνt} dν of an inner law.
    Complex fourier(double t) const;
};

}  // namespace redfield::bath
