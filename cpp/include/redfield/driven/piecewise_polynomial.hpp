#pragma once

#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield::driven {

/// A function of one variable with values in R^m: Chebyshev series on adjoining pieces, whose ends are
/// where it may jump or have a kink.
class REDFIELD_EXPORT PiecewisePolynomial {
  public:
    /// `breaks`: the ends of the P pieces, strictly ascending. `series`: (P, terms, m), the coefficients
    /// of T_0, T_1, … in [−1, 1] scaled to each piece.
    PiecewisePolynomial(std::vector<double> breaks, std::vector<double> series, Index terms,
                        Index components);

    double first() const { return breaks_.front(); }
    double last() const { return breaks_.back(); }
    Index components() const { return components_; }
    Index terms() const { return terms_; }
    const std::vector<double>& breaks() const { return breaks_; }
    /// The coefficients of T_k on a piece, one a component.
    Eigen::Map<const RealVector> coefficients(Index piece, Index k) const {
        return {series_.data() + (piece * terms_ + k) * components_, components_};
    }

    /// out[0 … m) = f(x); at a break the value right of it. std::invalid_argument outside [first, last].
    void at(double x, double* out) const;
    /// out[m i … m i + m) = f(x[i]) for i < count, faster than one call each.
    void at(const double* x, Index count, double* out) const;

  private:
    /// The piece x lies in, as its series, and the place of x in it, in [−1, 1].
    const double* piece_of(double x, double& t) const;

    std::vector<double> breaks_, series_;
    Index terms_, components_;
};

}  // namespace redfield::driven
