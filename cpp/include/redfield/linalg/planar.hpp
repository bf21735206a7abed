#pragma once

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

/// Complex products on real planes.
///
/// A variable matrix Z is held as its planes  Z₊ = Re Z + Im Z  and  Z₋ = Re Z − Im Z; those of a packed
/// Hermitian state R are R and Rᵀ for free. Multiplying by a constant M turns (Z₊ + iZ₋) into
/// (Z₊ + iZ₋)(Re M − i Im M), three real products (two when M is real). Real products reach the same
/// rate on every instruction set, which complex ones do not.
namespace redfield::linalg {

/// A constant complex matrix, prepared for three-product multiplication.
template <class Scalar>
class REDFIELD_EXPORT BasicFactor {
  public:
    using Matrix = MatrixOf<Scalar>;

    BasicFactor() = default;
    explicit BasicFactor(const ComplexMatrix& m);
    explicit BasicFactor(Matrix m) : re_(std::move(m)) {}

    bool is_real() const { return im_.size() == 0; }
    Index rows() const { return re_.rows(); }
    Index cols() const { return re_.cols(); }
    const Matrix& re() const { return re_; }
    /// −Im M and Re M − Im M; empty when M is real.
    const Matrix& minus_im() const { return im_; }
    const Matrix& difference() const { return difference_; }

  private:
    Matrix re_, im_, difference_;
};
using Factor = BasicFactor<double>;

template <class Scalar>
struct BasicPlanes {
    MatrixOf<Scalar> plus, minus;
    void resize(Index rows, Index cols) {
        plus.resize(rows, cols);
        minus.resize(rows, cols);
    }
};
using Planes = BasicPlanes<double>;

enum class Store { assign, add, subtract };

/// Columns [first, first + count) of out = aᵀ, in cache-sized tiles.
REDFIELD_EXPORT void transpose_columns(const ConstRef& a, Index first, Index count, MutableRef out);
REDFIELD_EXPORT void transpose_columns(const ConstRefOf<float>& a, Index first, Index count,
                                       MutableRefOf<float> out);

/// Q ρ Q† of a packed Hermitian ρ, packed. `adjoint` is Q†.
REDFIELD_EXPORT RealMatrix congruence(const Factor& q, const Factor& adjoint, const ConstRef& rho,
                                      int threads);

}  // namespace redfield::linalg
