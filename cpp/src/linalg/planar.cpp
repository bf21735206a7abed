#include "redfield/linalg/planar.hpp"

#include "linalg/tiles.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::linalg {

Factor::Factor(const ComplexMatrix& m) : re_(m.real()) {
    if (m.imag().cwiseAbs().sum() == 0.0) return;
    im_ = -m.imag();
    difference_ = re_ + im_;
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

void left_multiply(const Factor& m, const Eigen::Ref<const RealMatrix>& z_plus,
                   const Eigen::Ref<const RealMatrix>& z_minus, Index first, Index count, Store store,
                   Planes& out, Planes& scratch, RealMatrix& sum_scratch) {
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

void right_multiply(const Eigen::Ref<const RealMatrix>& z_plus,
                    const Eigen::Ref<const RealMatrix>& z_minus, const RealMatrix& z_sum, const Factor& m,
                    Index first, Index count, Store store, Planes& out, Planes& scratch) {
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
    for_tiles(out.rows(), first, count, [&](Index r, Index rows, Index c, Index columns) {
        out.block(r, c, rows, columns) = a.block(c, r, columns, rows).transpose();
    });
}

RealMatrix congruence(const Factor& q, const Factor& adjoint, const ConstRef& rho, int threads) {
    const Index n = q.rows(), inner = q.cols();
    RealMatrix minus(inner, inner), sum(inner, inner), out(n, n);
    Planes half, scratch;
    half.resize(n, inner);
    if (!q.is_real()) scratch.resize(n, inner);
    parallel_ranges(threads, inner, [&](Index first, Index count) {
        transpose_columns(rho, first, count, minus);
        left_multiply(q, rho, minus, first, count, Store::assign, half, scratch, sum);
    });
    // Of the Hermitian result only the plus plane is wanted: two real products (one if Q is real).
    parallel_ranges(threads, n, [&](Index first, Index count) {
        auto block = out.middleCols(first, count);
        block.noalias() = half.plus * adjoint.re().middleCols(first, count);
        if (!adjoint.is_real())
            block.noalias() -= half.minus * adjoint.minus_im().middleCols(first, count);
    });
    return out;
}

}  // namespace redfield::linalg
