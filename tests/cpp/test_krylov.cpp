#include <doctest/doctest.h>

#include "linalg/arnoldi.hpp"
#include "reference.hpp"
#include "steady/ritz.hpp"

using namespace reference;
namespace linalg = redfield::linalg;

namespace {

template <class Scalar>
redfield::MatrixOf<Scalar> near_three(Index n, unsigned seed);
template <>
RealMatrix near_three<double>(Index n, unsigned seed) {
    return RealMatrix(random_hermitian(n, seed).real() / 15.0) + 3.0 * RealMatrix::Identity(n, n) +
           random_hermitian(n, seed + 1).imag() / 15.0;
}
template <>
ComplexMatrix near_three<Complex>(Index n, unsigned seed) {
    return random_matrix(n, seed) / 15.0 + Complex(3.0, 1.0) * ComplexMatrix::Identity(n, n);
}

template <class Scalar>
auto map_of(const redfield::MatrixOf<Scalar>& matrix) {
    return
        [&matrix](const redfield::VectorOf<Scalar>& x, redfield::VectorOf<Scalar>& y) { y = matrix * x; };
}

template <class Scalar>
void check_arnoldi() {
    const Index n = 30;
    const auto matrix = near_three<Scalar>(n, 151);
    const redfield::VectorOf<Scalar> start = matrix.col(0);
    linalg::Arnoldi<Scalar> krylov(start, 12);
    while (!krylov.ended()) krylov.extend(map_of<Scalar>(matrix));
    REQUIRE(krylov.size() == 12);
    CHECK(!krylov.invariant());
    const auto v = krylov.basis();
    const redfield::MatrixOf<Scalar> h = krylov.hessenberg();
    CHECK((v.adjoint() * v - redfield::MatrixOf<Scalar>::Identity(12, 12)).norm() < 1e-14);
    CHECK((v.adjoint() * matrix * v - h.topRows(12)).norm() < 1e-13);
    // A V_k − V_k H = h_{k+1,k} v_{k+1} e_kᵀ.
    const redfield::MatrixOf<Scalar> rest = matrix * v - v * h.topRows(12);
    CHECK(rest.leftCols(11).norm() < 1e-13);
    CHECK(rest.col(11).norm() == doctest::Approx(std::abs(h(12, 11))));

    // A start with two eigenvectors in it spans a space of two.
    redfield::MatrixOf<Scalar> diagonal = redfield::MatrixOf<Scalar>::Zero(n, n);
    for (Index k = 0; k < n; ++k) diagonal(k, k) = static_cast<double>(k);
    redfield::VectorOf<Scalar> two = redfield::VectorOf<Scalar>::Zero(n);
    two[3] = two[7] = 1.0;
    linalg::Arnoldi<Scalar> small(two, 12);
    while (!small.ended()) small.extend(map_of<Scalar>(diagonal));
    CHECK(small.size() == 2);
    CHECK(small.invariant());
}

template <class Scalar>
void check_gmres() {
    const Index n = 90;
    const auto matrix = near_three<Scalar>(n, 151);
    const linalg::LinearMap<Scalar> map = map_of<Scalar>(matrix);
    const redfield::VectorOf<Scalar> b = RealVector::LinSpaced(n, -1.0, 2.0).template cast<Scalar>();
    const linalg::LinearMap<Scalar> nothing = [](const auto& x, auto& y) { y = x; };
    const linalg::LinearMap<Scalar> half = [](const auto& x, auto& y) { y = x / 6.0; };
    for (const linalg::Preconditioner<Scalar>& m :
         {linalg::Preconditioner<Scalar>(nothing), linalg::Preconditioner<Scalar>(half, 5)}) {
        const auto solution = linalg::gmres<Scalar>(map, m, b, 1e-12);
        CHECK(solution.residual <= 1e-12);
        CHECK((matrix * solution.x - b).norm() ==
              doctest::Approx(solution.residual * b.norm()).epsilon(0.01));
        // From a good guess there is nothing to do.
        long applications = 0;
        const linalg::LinearMap<Scalar> counted = [&](const auto& x, auto& y) {
            ++applications;
            y = matrix * x;
        };
        const redfield::VectorOf<Scalar> residual = b - matrix * solution.x;
        const auto again = linalg::gmres<Scalar>(counted, m, b, 1e-11, {}, {solution.x, residual});
        CHECK(applications == 0);
        CHECK(again.x == solution.x);
    }
    const redfield::VectorOf<Scalar> zero = redfield::VectorOf<Scalar>::Zero(n);
    CHECK(linalg::gmres<Scalar>(map, nothing, zero, 1e-12).x == zero);
}

}  // namespace

TEST_CASE("the Arnoldi process spans a Krylov space with A in it") {
    check_arnoldi<double>();
    check_arnoldi<Complex>();
}

TEST_CASE("GMRES solves linear equations, restarted or not, from zero or a guess") {
    check_gmres<double>();
    check_gmres<Complex>();
}

TEST_CASE("GMRES tells the residual of a singular equation") {
    RealMatrix matrix = RealMatrix::Identity(6, 6);
    matrix(5, 5) = 0.0;
    const auto solution = linalg::gmres<double>(
        map_of<double>(matrix), [](const auto& x, auto& y) { y = x; }, RealVector::Ones(6), 1e-10);
    CHECK(solution.x.allFinite());
    CHECK(solution.residual == doctest::Approx(std::sqrt(1.0 / 6.0)));
}

TEST_CASE("Ritz pairs are the eigenvalues of largest modulus") {
    const Index n = 90;
    const RealMatrix matrix = near_three<double>(n, 151);
    const RealVector b = RealVector::LinSpaced(n, -1.0, 2.0);
    const auto pairs = redfield::steady::ritz_pairs(map_of<double>(matrix), b, 3, 1e-10, n);
    const double largest = std::abs(eigenvalues(matrix.cast<Complex>()).back());
    CHECK(std::abs(pairs.values[0]) == doctest::Approx(largest).epsilon(1e-9));
    for (Index i = 0; i < 3; ++i)
        CHECK((matrix * pairs.vectors.col(i) - pairs.values[i] * pairs.vectors.col(i)).norm() < 1e-8);
}
