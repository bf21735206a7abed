#pragma once

#include <vector>

#include "trajectories/form.hpp"

namespace redfield::trajectories {

/// e^{Gτ}ψ of a panel of kets as Σ_k b_k(τ) F_k: the terms are made once a step, and serve any τ within
/// it, a different one for each ket.
template <class Scalar>
class Expansion {
    using Lanes = linalg::Lanes<Scalar>;

  public:
    /// `ellipse` around G = `drift`.
    Expansion(const KetOperator<Scalar>& drift, const integrators::Ellipse& ellipse);

    /// The coefficients of each ket's own time.
    class Weights {
      public:
        void set(Index lane, const std::vector<double>& coefficients);
        Index terms() const { return static_cast<Index>(weights_.size()); }
        Lanes of(Index term) const { return weights_[static_cast<std::size_t>(term)]; }
        void clear() { weights_.clear(); }

      private:
        std::vector<Lanes> weights_;
    };

    std::vector<double> coefficients(double tau, double tolerance) const;

    Scalar* start() { return terms_.col(0).data(); }  ///< where ψ is put
    /// Makes the terms up to `count`.
    void expand(Index count);
    /// Σ_k b_k F_k.
    void sum(const Weights& weights, Scalar* out) const;

  private:
    const KetOperator<Scalar>& drift_;
    integrators::Ellipse ellipse_;
    MatrixOf<Scalar> terms_;  // one a column
};

}  // namespace redfield::trajectories
