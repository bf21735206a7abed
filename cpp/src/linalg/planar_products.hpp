#pragma once

#include "redfield/linalg/planar.hpp"

/// Products of a constant Factor and the planes of a variable matrix.
namespace redfield::linalg {

/// A factor F_ij weight_j multiplies each element of a product, 1 where they are null.
template <class Scalar>
struct Scaling {
    const MatrixOf<Scalar>* factor = nullptr;
    const Scalar* weights = nullptr;
};

/// Columns [first, first + count) of  out (=, +=, −=) M·Z, scaled. Z is not in `out`.
template <class Scalar>
void left_multiply(const BasicFactor<Scalar>& m, const ConstRefOf<Scalar>& z_plus,
                   const ConstRefOf<Scalar>& z_minus, Index first, Index count, Store store,
                   BasicPlanes<Scalar>& out, const Scaling<Scalar>& scaling = {});

/// Columns [first, first + count) of  out (=, +=, −=) Z·M, scaled. Z is not in `out`.
template <class Scalar>
void right_multiply(const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                    const BasicFactor<Scalar>& m, Index first, Index count, Store store,
                    BasicPlanes<Scalar>& out, const Scaling<Scalar>& scaling = {});

}  // namespace redfield::linalg
