#pragma once

#include <algorithm>

#include "evolve/faber.hpp"
#include "trajectories/form.hpp"
#include "trajectories/ket_operator.hpp"

namespace redfield::trajectories {

/// Around the numerical range of G, which lies about 0 on the imaginary axis.
inline integrators::Ellipse ellipse_of(const Form& form) {
    const double span = 1e3 / std::max(form.bounds.half_height + form.bounds.decay, 1e-300);
    return integrators::Ellipse::around(form.bounds, span, 3.0);
}

/// e^{Gτ}ψ of eight kets as Σ_k b_k(τ) F_k: the terms are made once a step, and serve any τ within it, a
/// different one for each ket.
class Expansion {
  public:
    /// `ellipse` holds the numerical range of G.
    Expansion(const KetOperator& drift, const integrators::Ellipse& ellipse);

    /// The coefficients of each ket's own time; none where τ = 0, which gives ψ itself.
    class Weights {
      public:
        void set(Index lane, const std::vector<double>& coefficients);
        Index terms() const { return terms_; }
        linalg::Lanes of(Index term) const { return weights_[static_cast<std::size_t>(term)]; }
        void clear() { weights_.clear(), terms_ = 0; }

      private:
        std::vector<linalg::Lanes> weights_;
        Index terms_ = 0;
    };

    std::vector<double> coefficients(double tau, double tolerance) const;

    double* start() { return terms_.col(0).data(); }  ///< where ψ is put
    const double* start() const { return terms_.col(0).data(); }
    /// Makes the terms up to `count`.
    void expand(Index count);
    /// Σ_k b_k F_k.
    void sum(const Weights& weights, double* out) const;

  private:
    const KetOperator& drift_;
    integrators::Ellipse ellipse_;
    RealMatrix terms_;  // one a column
};

}  // namespace redfield::trajectories
