#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/product.hpp"

// Every shape of 0 … 65 rows, summands and columns in some combination, odd strides and addresses, every
// way to store, against sums written out.

using namespace redfield;
using namespace redfield::linalg;
using namespace redfield::linalg::product;

namespace {

/// A matrix inside a larger one, `shift` numbers after an aligned address, whose surroundings are known.
template <class Scalar>
struct Inside {
    Inside(Index rows, Index cols, Index gap, Index shift, unsigned seed)
        : rows(rows),
          cols(cols),
          stride(std::max<Index>(rows + gap, 1)),
          shift(shift),
          memory(shift + stride * cols + gap + 1) {
        unsigned state = 2654435761u * (seed + 1);
        for (Index i = 0; i < memory.size(); ++i) {
            state = 1664525u * state + 1013904223u;
            memory[i] = static_cast<Scalar>(state >> 8) / Scalar(1 << 23) - Scalar(1);
        }
    }
    Scalar* data() { return memory.data() + shift; }
    Scalar& operator()(Index i, Index j) { return memory[shift + j * stride + i]; }
    bool holds(Index at) const {
        return at >= shift && (at - shift) % stride < rows && (at - shift) / stride < cols;
    }

    Index rows, cols, stride, shift;
    VectorOf<Scalar> memory;
};

template <class Scalar>
double sum_of_products(Inside<Scalar>& a, Inside<Scalar>* a2, Inside<Scalar>& b, Inside<Scalar>* b2,
                       Index i, Index j) {
    double sum = 0.0;
    for (Index k = 0; k < a.cols; ++k) {
        const double x = a(i, k) + (a2 == nullptr ? 0.0 : double((*a2)(i, k)));
        const double y = b(k, j) + (b2 == nullptr ? 0.0 : double((*b2)(k, j)));
        sum += x * y;
    }
    return sum;
}

template <class Scalar>
struct Case {
    Index rows, depth, columns, gap = 0, shift = 0;
    Store store = Store::assign, also = Store::add;
    bool left_sum = false, right_sum = false, weighted = false, factored = false;
};

/// The largest difference over what rounding allows; infinite where anything else was written to.
template <class Scalar>
double defect(const Case<Scalar>& c) {
    Inside<Scalar> a(c.rows, c.depth, c.gap, c.shift, 1), a2(c.rows, c.depth, c.gap + 1, 0, 2);
    Inside<Scalar> b(c.depth, c.columns, c.gap, c.shift, 3), b2(c.depth, c.columns, c.gap + 2, 1, 4);
    Inside<Scalar> out(c.rows, c.columns, c.gap, c.shift, 5), other(c.rows, c.columns, c.gap + 3, 1, 6);
    Inside<Scalar> factor(c.rows, c.columns, c.gap, c.shift, 7), weights(c.columns, 1, 0, c.shift, 8);
    Inside<Scalar> before = out, other_before = other;
    Operand<Scalar> left{a.data(), a.stride}, right{b.data(), b.stride};
    if (c.left_sum) left = {a.data(), a.stride, a2.data(), a2.stride};
    if (c.right_sum) right = {b.data(), b.stride, b2.data(), b2.stride};
    Target<Scalar> to{out.data(), out.stride, c.store}, also{other.data(), other.stride, c.also};
    for (Target<Scalar>* target : {&to, &also}) {
        if (c.weighted) target->weights = weights.data();
        if (c.factored) target->factor = factor.data();
        target->factor_stride = factor.stride;
    }
    const RightFactor<Scalar> one{right, c.columns, to, also};
    multiply(c.rows, c.depth, left, &one, 1);

    double worst = 0.0;
    const auto compare = [&](Inside<Scalar>& now, Inside<Scalar>& was, Store store) {
        for (Index at = 0; at < now.memory.size(); ++at) {
            if (!now.holds(at)) {
                if (now.memory[at] != was.memory[at]) worst = std::numeric_limits<double>::infinity();
                continue;
            }
            const Index i = (at - now.shift) % now.stride, j = (at - now.shift) / now.stride;
            double x =
                sum_of_products(a, c.left_sum ? &a2 : nullptr, b, c.right_sum ? &b2 : nullptr, i, j);
            if (c.weighted) x *= weights(j, 0);
            if (c.factored) x *= factor(i, j);
            if (store == Store::subtract) x = -x;
            if (store != Store::assign) x += was(i, j);
            worst = std::max(worst, std::abs(x - double(now(i, j))));
        }
    };
    compare(out, before, c.store);
    compare(other, other_before, c.also);
    return worst / ((4.0 * double(c.depth) + 8.0) * std::numeric_limits<Scalar>::epsilon());
}

}  // namespace

TEST_CASE_TEMPLATE("products of all small shapes are the sums written out", Scalar, double, float) {
    const Store stores[] = {Store::assign, Store::add, Store::subtract};
    unsigned state = 1;
    const auto pick = [&](unsigned choices) {
        state = 1664525u * state + 1013904223u;
        return (state >> 16) % choices;
    };
    for (Index rows = 0; rows <= 65; ++rows)
        for (Index columns = 0; columns <= 65; columns += columns < 9 ? 1 : 14) {
            Case<Scalar> c{rows, static_cast<Index>(pick(66)), columns};
            c.gap = static_cast<Index>(pick(4));
            c.shift = static_cast<Index>(pick(8));
            c.store = stores[pick(3)];
            c.also = stores[pick(3)];
            c.left_sum = pick(2) == 1;
            c.right_sum = pick(2) == 1;
            c.weighted = pick(2) == 1;
            c.factored = pick(2) == 1;
            CAPTURE(rows);
            CAPTURE(c.depth);
            CAPTURE(columns);
            CHECK(defect(c) < 1.0);
        }
}

TEST_CASE_TEMPLATE("products of several blocks are the sums written out", Scalar, double, float) {
    for (const Index rows : {95, 97, 193})
        for (const Index depth : {255, 256, 257, 513, 1025})
            for (const bool sums : {false, true}) {
                Case<Scalar> c{rows, depth, 11};
                c.left_sum = c.right_sum = c.weighted = sums;
                CAPTURE(rows);
                CAPTURE(depth);
                CHECK(defect(c) < 1.0);
            }
}

TEST_CASE("several right factors are one product each") {
    Inside<double> a(30, 40, 0, 0, 1), b(40, 7, 1, 0, 2), c(40, 12, 0, 1, 3), ab(30, 7, 0, 0, 4),
        ac(30, 12, 0, 0, 5), once(30, 12, 0, 0, 6);
    const Target<double> to_ac{ac.data(), ac.stride, Store::assign},
        to_once{once.data(), once.stride, Store::assign};
    const RightFactor<double> both[] = {
        {{b.data(), b.stride}, 7, {ab.data(), ab.stride, Store::assign}},
        {{c.data(), c.stride}, 12, to_ac},
    };
    multiply<double>(30, 40, {a.data(), a.stride}, both, 2);
    const RightFactor<double> one{{c.data(), c.stride}, 12, to_once};
    multiply<double>(30, 40, {a.data(), a.stride}, &one, 1);
    for (Index i = 0; i < 30; ++i) {
        CHECK(std::abs(ab(i, 6) - sum_of_products<double>(a, nullptr, b, nullptr, i, 6)) < 1e-13);
        for (Index j = 0; j < 12; ++j) CHECK(ac(i, j) == once(i, j));
    }
}

TEST_CASE_TEMPLATE("a packed left factor gives the bits of its matrix", Scalar, double, float) {
    for (const Index rows : {0, 1, 5, 16, 64, 97, 193})
        for (const Index depth : {0, 1, 7, 64, 255, 513}) {
            const MatrixOf<Scalar> a = MatrixOf<Scalar>::Random(rows, depth);
            const MatrixOf<Scalar> b = MatrixOf<Scalar>::Random(depth, 11);
            MatrixOf<Scalar> plain = MatrixOf<Scalar>::Random(rows, 11), packed = plain;
            RightFactor<Scalar> right{columns(b, 0), 11, {plain.data(), rows, Store::subtract}};
            multiply<Scalar>(rows, depth, columns(a, 0), &right, 1);
            right.to.data = packed.data();
            const Packed<Scalar> left(a);
            left.multiply(&right, 1);
            CAPTURE(rows);
            CAPTURE(depth);
            CHECK(packed == plain);
        }
}

TEST_CASE("numbers that are not finite reach the elements they belong to and no others") {
    const double infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");
    for (const Index n : {3, 13, 29}) {
        Inside<double> a(n, n, 0, 0, 1), b(n, n, 0, 0, 2), out(n, n, 0, 0, 3);
        a(n - 1, 0) = infinity;
        b(1, n - 1) = nan;
        out.memory.setConstant(nan);  // is not read where it is assigned
        const RightFactor<double> one{{b.data(), n}, n, {out.data(), n, Store::assign}};
        multiply<double>(n, n, {a.data(), n}, &one, 1);
        for (Index i = 0; i < n; ++i)
            for (Index j = 0; j < n; ++j) {
                if (j == n - 1)
                    CHECK(std::isnan(out(i, j)));
                else
                    CHECK(std::isinf(out(i, j)) == (i == n - 1));
            }
    }
}

TEST_CASE("columns of a product are the same bits whoever computes them") {
    const Index n = 67;
    RealMatrix a = RealMatrix::Random(n, 300), b = RealMatrix::Random(300, n), whole(n, n), part(n, n);
    multiply_columns(a, b, 0, n, Store::assign, whole);
    for (const Index some : {1, 3, 8, 23}) {
        for (Index first = 0; first < n; first += some)
            multiply_columns(a, b, first, std::min(some, n - first), Store::assign, part);
        CHECK(part == whole);
    }
}
