#pragma once

#include <vector>

#include "redfield/bath/correlation_function.hpp"

namespace redfield::bath {

/// C(t) from 0 to a time T, or until it is negligible, as Legendre series on panels that resolve its own
/// oscillations; their Fourier transforms are closed forms, whatever the frequency.
class Memory {
  public:
    /// ConvergenceError where C is too rough.
    Memory(const CorrelationFunction& correlation, double window);

    /// Γ_T(ω) = ∫₀ᵀ C e^{iωt} dt and its derivative in ω, to 1e-10 of ∫|C|.
    struct Transform {
        Complex value, derivative;
    };
    Transform transform(double w) const;

    static constexpr Index order = 24;

  private:
    using Series = Eigen::Matrix<Complex, order, 1>;
    struct Panel {
        double centre, half;
        Series values;     ///< of C at Gauss's points times their weights
        Series series;     ///< of C
        Series with_time;  ///< of tC
    };

    void expand(const CorrelationFunction& correlation, const std::vector<double>& edges);

    std::vector<Panel> panels_;
};

}  // namespace redfield::bath
