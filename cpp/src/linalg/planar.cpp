#include "redfield/linalg/planar.hpp"

#include "linalg/transpose.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::linalg {

template <class Scalar>
BasicFactor<Scalar>::BasicFactor(const ComplexMatrix& m) : re_(m.real().cast<Scalar>()) {
    if (m.imag().cwiseAbs().sum() == 0.0) return;
    im_ = -m.imag().cast<Scalar>();
    difference_ = (m.real() - m.imag()).cast<Scalar>();
}

namespace {

template <class Out, class Product>
void put(Out&& out, const Product& product, Store store) {
    switch (store) {
        case Store::assign:
            out.noalias() = product;
            break;
        case Store::add:
            out.noalias() += product;
            break;
        case Store::subtract:
            out.noalias() -= product;
            break;
    }
}

/// Combines t1 and t2 with the third product, which `minus` has already taken in.
template <class Plus, class Minus, class T1, class T2>
void recombine(Plus&& plus, Minus&& minus, const T1& t1, const T2& t2, Store store) {
    switch (store) {
        case Store::assign:
            plus = t1 - t2;
            break;
        case Store::add:
            plus += t1 - t2;
            break;
        case Store::subtract:
            plus += t2 - t1;
            minus += t1 + t2;
            return;
    }
    minus -= t1 + t2;
}

}  // namespace

template <class Scalar>
void left_multiply(const BasicFactor<Scalar>& m, const ConstRefOf<Scalar>& z_plus,
                   const ConstRefOf<Scalar>& z_minus, Index first, Index count, Store store,
                   BasicPlanes<Scalar>& out, BasicPlanes<Scalar>& scratch,
                   MatrixOf<Scalar>& sum_scratch) {
    const auto a = z_plus.middleCols(first, count), b = z_minus.middleCols(first, count);
    auto plus = out.plus.middleCols(first, count), minus = out.minus.middleCols(first, count);
    if (m.is_real()) {
        put(plus, m.re() * a, store);
        put(minus, m.re() * b, store);
        return;
    }
    auto sum = sum_scratch.middleCols(first, count);
    auto t1 = scratch.plus.middleCols(first, count), t2 = scratch.minus.middleCols(first, count);
    sum = a + b;
    t1.noalias() = m.re() * a;
    t2.noalias() = m.minus_im() * b;
    put(minus, m.difference() * sum, store);
    recombine(plus, minus, t1, t2, store);
}

template <class Scalar>
void right_multiply(const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                    const MatrixOf<Scalar>& z_sum, const BasicFactor<Scalar>& m, Index first, Index count,
                    Store store, BasicPlanes<Scalar>& out, BasicPlanes<Scalar>& scratch) {
    auto plus = out.plus.middleCols(first, count), minus = out.minus.middleCols(first, count);
    const auto re = m.re().middleCols(first, count);
    if (m.is_real()) {
        put(plus, z_plus * re, store);
        put(minus, z_minus * re, store);
        return;
    }
    auto t1 = scratch.plus.middleCols(first, count), t2 = scratch.minus.middleCols(first, count);
    t1.noalias() = z_plus * re;
    t2.noalias() = z_minus * m.minus_im().middleCols(first, count);
    put(minus, z_sum * m.difference().middleCols(first, count), store);
    recombine(plus, minus, t1, t2, store);
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
template void left_multiply<double>(const Factor&, const ConstRef&, const ConstRef&, Index, Index, Store,
                                    Planes&, Planes&, RealMatrix&);
template void left_multiply<float>(const BasicFactor<float>&, const ConstRefOf<float>&,
                                   const ConstRefOf<float>&, Index, Index, Store, BasicPlanes<float>&,
                                   BasicPlanes<float>&, MatrixOf<float>&);
template void right_multiply<double>(const ConstRef&, const ConstRef&, const RealMatrix&, const Factor&,
                                     Index, Index, Store, Planes&, Planes&);
template void right_multiply<float>(const ConstRefOf<float>&, const ConstRefOf<float>&,
                                    const MatrixOf<float>&, const BasicFactor<float>&, Index, Index,
                                    Store, BasicPlanes<float>&, BasicPlanes<float>&);

RealMatrix congruence(const Factor& q, const Factor& adjoint, const ConstRef& rho, int threads) {
    const Index n = q.rows(), inner = q.cols();
    RealMatrix minus(inner, inner), sum(inner, inner), out(n, n);
    Planes half, scratch;
    half.resize(n, inner);
    if (!q.is_real()) scratch.resize(n, inner);
    base::parallel_ranges(threads, inner, [&](Index first, Index count) {
        transpose_columns(rho, first, count, minus);
        left_multiply(q, rho, minus, first, count, Store::assign, half, scratch, sum);
    });
    // A Hermitian result needs its plus plane only: two real products (one if Q is real).
    base::parallel_ranges(threads, n, [&](Index first, Index count) {
        auto block = out.middleCols(first, count);
        block.noalias() = half.plus * adjoint.re().middleCols(first, count);
        if (!adjoint.is_real())
            block.noalias() -= half.minus * adjoint.minus_im().middleCols(first, count);
    });
    return out;
}

}  // namespace redfield::linalg
