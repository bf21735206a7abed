#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::integrators {

/// The radius of ‖A‖₂ within which the backward error of a Taylor polynomial of degree 16 is below 2⁻⁵³.
constexpr double exponential_radius = 0.78;

/// Makes Σ_{i ∈ rows} M_ij = target(j) in every column, the correction shared out in proportion to
/// |M_ij|, which leaves every entry its relative accuracy: target(j) is `inside` for j ∈ rows and 0 for
/// others.
template <class Scalar>
void conserve_sum(MatrixOf<Scalar>& m, const std::vector<Index>& rows, double inside);

/// e^A by scaling, a Taylor polynomial of degree 16 in six products (Paterson & Stockmeyer 1973) and
/// squaring. On the matrices of generators, −iω∘ρ plus a small rest, it needs half the time of a Padé
/// approximant, whose linear solve is slower than the products it saves.
///
/// Where A conserves the sum of the entries `conserved` of a vector (Σ_{i ∈ conserved} A_ij = 0, the
/// trace), so does the polynomial and each square, by conserve_sum: squaring then can not let rounding
/// grow along that direction, and small rates beside large ones keep their relative accuracy. `extra`
/// squarings more than needed give another realisation of the rounding errors.
template <class Scalar>
MatrixOf<Scalar> matrix_exponential(const MatrixOf<Scalar>& matrix,
                                    const std::vector<Index>& conserved = {}, int extra = 0);

}  // namespace redfield::integrators
