#pragma once

#include "linalg/product.hpp"
#include "redfield/linalg/planar.hpp"

/// Products of a constant factor and the planes of a variable matrix.
namespace redfield::linalg {

/// A constant complex M that stands on the left of its products, whose planes are copied once in the
/// order that these read them.
template <class Scalar>
class LeftFactor {
  public:
    LeftFactor() = default;
    explicit LeftFactor(const ComplexMatrix& m);

    bool is_real() const { return minus_im_.rows() == 0; }
    Index rows() const { return re_.rows(); }
    const product::Packed<Scalar>& re() const { return re_; }
    const product::Packed<Scalar>& minus_im() const { return minus_im_; }
    const product::Packed<Scalar>& difference() const { return difference_; }

  private:
    product::Packed<Scalar> re_, minus_im_, difference_;
};

/// A factor F_ij weight_j multiplies each element of a product, 1 where they are null.
template <class Scalar>
struct Scaling {
    const MatrixOf<Scalar>* factor = nullptr;
    const Scalar* weights = nullptr;
};

/// Columns [first, first + count) of  out (=, +=, −=) M·Z, scaled, of a LeftFactor or, for one product, a
/// BasicFactor M. Z is not in `out`.
template <class Scalar, class M>
void left_multiply(const M& m, const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                   Index first, Index count, Store store, BasicPlanes<Scalar>& out,
                   const Scaling<Scalar>& scaling = {});

/// Columns [first, first + count) of  out (=, +=, −=) Z·M, scaled. Z is not in `out`.
template <class Scalar>
void right_multiply(const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                    const BasicFactor<Scalar>& m, Index first, Index count, Store store,
                    BasicPlanes<Scalar>& out, const Scaling<Scalar>& scaling = {});

}  // namespace redfield::linalg
