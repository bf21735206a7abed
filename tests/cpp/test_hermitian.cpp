#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

TEST_CASE("packing a Hermitian matrix loses nothing and keeps norm, trace and inner product") {
    for (const Index n : {1, 2, 7, 16, 17, 40}) {
        const ComplexMatrix a = random_hermitian(n, 1), b = random_hermitian(n, 2);
        const RealMatrix pa = redfield::pack(a), pb = redfield::pack(b);
        CHECK((redfield::unpack(pa) - a).norm() < 1e-13 * n);
        CHECK(pa.norm() == doctest::Approx(a.norm()));
        CHECK(pa.trace() == doctest::Approx(a.trace().real()));
        CHECK(pa.cwiseProduct(pb).sum() == doctest::Approx((a * b).trace().real()));
    }
}

TEST_CASE("any matrix splits into two Hermitian ones and joins again") {
    const ComplexMatrix x = random_matrix(19, 3);
    const redfield::Split parts = redfield::split(x);
    ComplexMatrix joined(19, 19);
    redfield::join(parts.hermitian, parts.antihermitian, joined.data());
    CHECK((joined - x).norm() < 1e-13);
    CHECK(redfield::split(random_hermitian(5, 4)).antihermitian.size() == 0);
}

TEST_CASE("the trace norm is the sum of singular values") {
    const ComplexMatrix a = random_hermitian(12, 5);
    CHECK(redfield::trace_norm(redfield::pack(a)) == doctest::Approx(trace_norm(a)));
}

TEST_CASE("packing refuses what is not square") {
    CHECK_THROWS_AS(redfield::pack(ComplexMatrix::Zero(2, 3)), std::invalid_argument);
}
