#include <doctest/doctest.h>

#include "linalg/planar_products.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::linalg::Factor;
using redfield::linalg::LeftFactor;
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
        const LeftFactor<double> left_factor(m);
        CHECK(factor.is_real() == real);
        CHECK(left_factor.is_real() == real);
        const ComplexMatrix z = random_matrix(n, 2), start = random_matrix(n, 3);
        const Planes zp = to_planes(z);
        const RealMatrix scale = RealMatrix::Random(n, n);
        const Eigen::VectorXd weights = Eigen::VectorXd::Random(n);
        for (const auto& [store, sign] :
             {std::pair{Store::assign, 1.0}, {Store::add, 1.0}, {Store::subtract, -1.0}}) {
            const ComplexMatrix base = store == Store::assign ? ComplexMatrix::Zero(n, n) : start;
            Planes left = to_planes(start), right = to_planes(start);
            Planes scaled_left = to_planes(start), scaled_right = to_planes(start);
            for (const auto& [first, count] : {std::pair<Index, Index>{0, 5}, {5, 8}}) {
                using redfield::linalg::left_multiply, redfield::linalg::right_multiply;
                left_multiply(left_factor, zp.plus, zp.minus, first, count, store, left);
                right_multiply(zp.plus, zp.minus, factor, first, count, store, right);
                left_multiply(left_factor, zp.plus, zp.minus, first, count, store, scaled_left,
                              {nullptr, weights.data()});
                right_multiply(zp.plus, zp.minus, factor, first, count, store, scaled_right,
                               {&scale, nullptr});
            }
            CHECK((from_planes(left) - (base + sign * m * z)).norm() < 1e-12);
            CHECK((from_planes(right) - (base + sign * z * m)).norm() < 1e-12);
            const ComplexMatrix by_column = m * z * weights.asDiagonal();
            const ComplexMatrix by_element = (z * m).cwiseProduct(scale.cast<Complex>());
            CHECK((from_planes(scaled_left) - (base + sign * by_column)).norm() < 1e-12);
            CHECK((from_planes(scaled_right) - (base + sign * by_element)).norm() < 1e-12);
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
