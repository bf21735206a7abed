#include "linalg/planar_products.hpp"
#include "linalg/product.hpp"
#include "linalg/transpose.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::linalg {

template <class Scalar>
BasicFactor<Scalar>::BasicFactor(const ComplexMatrix& m) : re_(m.real().cast<Scalar>()) {
    if (m.imag().cwiseAbs().sum() == 0.0) return;
    im_ = -m.imag().cast<Scalar>();
    difference_ = (m.real() - m.imag()).cast<Scalar>();
}

template <class Scalar>
LeftFactor<Scalar>::LeftFactor(const ComplexMatrix& m) {
    const BasicFactor<Scalar> planes(m);
    re_ = product::Packed<Scalar>(planes.re());
    if (planes.is_real()) return;
    minus_im_ = product::Packed<Scalar>(planes.minus_im());
    difference_ = product::Packed<Scalar>(planes.difference());
}

namespace {

using product::columns;
using product::columns_of_sum;
using product::Operand;
using product::Packed;
using product::RightFactor;
using product::Target;

/// Columns of a plane from `first` on.
template <class Scalar>
Target<Scalar> target(MatrixOf<Scalar>& plane, Index first, Store store, const Scaling<Scalar>& scaling) {
    Target<Scalar> to{plane.data() + first * plane.rows(), plane.rows(), store};
    if (scaling.weights != nullptr) to.weights = scaling.weights + first;
    if (scaling.factor != nullptr) {
        to.factor = scaling.factor->data() + first * scaling.factor->rows();
        to.factor_stride = scaling.factor->rows();
    }
    return to;
}

/// A later product into a target, of the sign opposite to the first's.
template <class Scalar>
Target<Scalar> subtracted(Target<Scalar> target) {
    target.store = target.store == Store::subtract ? Store::add : Store::subtract;
    return target;
}

template <class Scalar>
void multiply(const Packed<Scalar>& a, std::initializer_list<RightFactor<Scalar>> right) {
    a.multiply(right.begin(), static_cast<int>(right.size()));
}

template <class Scalar>
void multiply(const MatrixOf<Scalar>& a, std::initializer_list<RightFactor<Scalar>> right) {
    product::multiply(a.rows(), a.cols(), columns(a, 0), right.begin(), static_cast<int>(right.size()));
}

}  // namespace

// With T₁ = Re M Z₊, T₂ = −Im M Z₋ and T₃ = (Re M − Im M)(Z₊ + Z₋) the planes of a complex product are
// T₁ − T₂ and T₃ − T₁ − T₂, whichever side M is on.

template <class Scalar, class M>
void left_multiply(const M& m, const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                   Index first, Index count, Store store, BasicPlanes<Scalar>& out,
                   const Scaling<Scalar>& scaling) {
    const Target<Scalar> to_plus = target(out.plus, first, store, scaling);
    const Target<Scalar> to_minus = target(out.minus, first, store, scaling);
    const Operand<Scalar> plus = columns(z_plus, first), minus = columns(z_minus, first);
    if (m.is_real()) {
        multiply<Scalar>(m.re(), {{plus, count, to_plus}, {minus, count, to_minus}});
        return;
    }
    multiply<Scalar>(m.difference(), {{columns_of_sum(z_plus, z_minus, first), count, to_minus}});
    multiply<Scalar>(m.re(), {{plus, count, to_plus, subtracted(to_minus)}});
    multiply<Scalar>(m.minus_im(), {{minus, count, subtracted(to_plus), subtracted(to_minus)}});
}

template <class Scalar>
void right_multiply(const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                    const BasicFactor<Scalar>& m, Index first, Index count, Store store,
                    BasicPlanes<Scalar>& out, const Scaling<Scalar>& scaling) {
    const Target<Scalar> to_plus = target(out.plus, first, store, scaling);
    const Target<Scalar> to_minus = target(out.minus, first, store, scaling);
    const auto multiply = [&](const Operand<Scalar>& a, const RightFactor<Scalar>& right) {
        product::multiply(z_plus.rows(), m.rows(), a, &right, 1);
    };
    const Operand<Scalar> plus = columns(z_plus, 0), minus = columns(z_minus, 0),
                          re = columns(m.re(), first);
    if (m.is_real()) {
        multiply(plus, {re, count, to_plus});
        multiply(minus, {re, count, to_minus});
        return;
    }
    multiply(columns_of_sum(z_plus, z_minus, 0), {columns(m.difference(), first), count, to_minus});
    multiply(plus, {re, count, to_plus, subtracted(to_minus)});
    multiply(minus, {columns(m.minus_im(), first), count, subtracted(to_plus), subtracted(to_minus)});
}

void transpose_columns(const ConstRef& a, Index first, Index count, MutableRef out) {
    transpose_into<Put::assign>(a.data(), a.outerStride(), out.rows(), first, count, out.data(),
                                out.outerStride());
}

void transpose_columns(const ConstRefOf<float>& a, Index first, Index count, MutableRefOf<float> out) {
    transpose_into<Put::assign>(a.data(), a.outerStride(), out.rows(), first, count, out.data(),
                                out.outerStride());
}

template class BasicFactor<double>;
template class BasicFactor<float>;
template class LeftFactor<double>;
template class LeftFactor<float>;
template void left_multiply<double>(const LeftFactor<double>&, const ConstRef&, const ConstRef&, Index,
                                    Index, Store, Planes&, const Scaling<double>&);
template void left_multiply<float>(const LeftFactor<float>&, const ConstRefOf<float>&,
                                   const ConstRefOf<float>&, Index, Index, Store, BasicPlanes<float>&,
                                   const Scaling<float>&);
template void right_multiply<double>(const ConstRef&, const ConstRef&, const Factor&, Index, Index, Store,
                                     Planes&, const Scaling<double>&);
template void right_multiply<float>(const ConstRefOf<float>&, const ConstRefOf<float>&,
                                    const BasicFactor<float>&, Index, Index, Store, BasicPlanes<float>&,
                                    const Scaling<float>&);

RealMatrix congruence(const Factor& q, const Factor& adjoint, const ConstRef& rho, int threads) {
    const Index n = q.rows(), inner = q.cols();
    RealMatrix minus(inner, inner), out(n, n);
    Planes half;
    half.resize(n, inner);
    base::parallel_ranges(threads, inner, [&](Index first, Index count) {
        transpose_columns(rho, first, count, minus);
        left_multiply<double>(q, rho, minus, first, count, Store::assign, half);
    });
    // A Hermitian result needs its plus plane only: two real products (one if Q is real).
    base::parallel_ranges(threads, n, [&](Index first, Index count) {
        product::multiply_columns(half.plus, adjoint.re(), first, count, Store::assign, out);
        if (!adjoint.is_real())
            product::multiply_columns(half.minus, adjoint.minus_im(), first, count, Store::subtract, out);
    });
    return out;
}

}  // namespace redfield::linalg
