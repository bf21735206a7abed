#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;
using redfield::linalg::Factor;
using redfield::linalg::Planes;
using redfield::linalg::Store;

namespace {

Planes to_planes(const ComplexMatrix& z) { return {z.real() + z.imag(), z.real() - z.imag()}; }

ComplexMatrix from_planes(const Planes& p) {
    ComplexMatrix z(p.plus.rows(), p.plus.cols());
    z.real() = 0.5 * (p.plus + p.minus);
    z.imag() = 0.5 * (p.plus - p.minus);
    return z;
}

}  // namespace

TEST_CASE("planar products equal complex products, in blocks of columns and with every store") {
    const Index n = 13;
    for (const bool real : {false, true}) {
        ComplexMatrix m = random_matrix(n, 1);
        if (real) m.imag().setZero();
        const Factor factor(m);
        CHECK(factor.is_real() == real);
        const ComplexMatrix z = random_matrix(n, 2), start = random_matrix(n, 3);
        const Planes zp = to_planes(z);
        const RealMatrix sum = zp.plus + zp.minus;
        Planes scratch;
        scratch.resize(n, n);
        RealMatrix sum_scratch(n, n);
        for (const auto& [store, sign] :
             {std::pair{Store::assign, 1.0}, {Store::add, 1.0}, {Store::subtract, -1.0}}) {
            const ComplexMatrix base = store == Store::assign ? ComplexMatrix::Zero(n, n) : start;
            Planes left = to_planes(start), right = to_planes(start);
            for (const auto& [first, count] : {std::pair<Index, Index>{0, 5}, {5, 8}}) {
                redfield::linalg::left_multiply(factor, zp.plus, zp.minus, first, count, store, left,
                                                scratch, sum_scratch);
                redfield::linalg::right_multiply(zp.plus, zp.minus, sum, factor, first, count, store,
                                                 right, scratch);
            }
            CHECK((from_planes(left) - (base + sign * m * z)).norm() < 1e-12);
            CHECK((from_planes(right) - (base + sign * z * m)).norm() < 1e-12);
        }
    }
}

TEST_CASE("a congruence of a packed state is U rho U+, for any number of threads") {
    const Index n = 21;
    const ComplexMatrix h = random_hermitian(n, 4), rho = random_hermitian(n, 5);
    const ComplexMatrix u = diagonalise(h).vectors;
    const Factor q(u), adjoint(ComplexMatrix(u.adjoint()));
    for (const int threads : {1, 2, 3}) {
        const RealMatrix out = redfield::linalg::congruence(q, adjoint, redfield::pack(rho), threads);
        CHECK((redfield::unpack(out) - u * rho * u.adjoint()).norm() < 1e-12);
    }
}
