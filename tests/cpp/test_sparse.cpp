#include <doctest/doctest.h>

#include "linalg/lanczos.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::SparseMatrix;

namespace {

/// About a third of a random matrix.
SparseMatrix random_sparse(Index n, unsigned seed) {
    ComplexMatrix a = random_matrix(n, seed);
    const ComplexMatrix mask = random_matrix(n, seed + 1000);
    for (Index i = 0; i < a.size(); ++i)
        if (mask.data()[i].real() < 0.4) a.data()[i] = 0.0;
    return a.sparseView();
}

SparseMatrix random_sparse_hermitian(Index n, unsigned seed) {
    const SparseMatrix a = random_sparse(n, seed);
    return SparseMatrix(0.5 * (a + SparseMatrix(a.adjoint())));
}

ComplexMatrix commutator(const ComplexMatrix& h, const ComplexMatrix& x) {
    return Complex(0.0, -1.0) * (h * x - x * h);
}

}  // namespace

TEST_CASE("a sparse equation: jumps, couplings and site factors against dense products") {
    for (const Index n : {1, 7, 8, 21}) {
        const SparseMatrix h = random_sparse_hermitian(n, 1), k = random_sparse(n, 2),
                           l = random_sparse(n, 3);
        const SparseMatrix lambda = random_sparse(n, 4), b = random_sparse(n, 5);
        const Index site = n / 2;
        redfield::SiteFactor factor;
        factor.site = site;
        for (Index s = 0; s < n; s += 2) factor.support.push_back(static_cast<std::int32_t>(s));
        const auto size = static_cast<Index>(factor.support.size());
        factor.left = random_matrix(size, 6).leftCols(1);
        factor.right = random_matrix(size, 7).leftCols(1);
        ComplexMatrix whole = ComplexMatrix::Zero(n, n);
        for (Index r = 0; r < size; ++r)
            for (Index c = 0; c < size; ++c)
                whole(factor.support[static_cast<std::size_t>(r)],
                      factor.support[static_cast<std::size_t>(c)]) =
                    (factor.left * factor.right.adjoint())(r, c);
        const redfield::SparseGenerator generator(h, k, {{SparseMatrix(), l}, {lambda, b}}, {factor});
        CHECK(generator.frame() == redfield::Frame::given);
        const ComplexMatrix x = random_matrix(n, 8);
        ComplexMatrix projector = ComplexMatrix::Zero(n, n);
        projector(site, site) = 1.0;
        const ComplexMatrix dense_l(l), dense_lambda(lambda), dense_b(b), dense_k(k);
        const ComplexMatrix expected =
            commutator(h, x) - dense_k * x - x * dense_k.adjoint() + dense_l * x * dense_l.adjoint() +
            dense_lambda * x * dense_b.adjoint() + dense_b * x * dense_lambda.adjoint() +
            whole * x * projector + projector * x * whole.adjoint();
        for (const int threads : {1, 2})
            CHECK((generator.apply(x, threads) - expected).cwiseAbs().maxCoeff() <
                  1e-12 * static_cast<double>(n));
        CHECK(generator.apply(x, 1) == generator.apply(x, 2));
    }
}

TEST_CASE("a sparse equation evolves as a dense one does, and its adjoint is its adjoint") {
    const Index n = 12;
    const SparseMatrix h = random_sparse_hermitian(n, 1), l = 0.3 * random_sparse(n, 2);
    const redfield::SparseGenerator sparse(h, std::vector<SparseMatrix>{l});
    const redfield::Redfield dense{
        redfield::System{ComplexMatrix(h), redfield::Operators{l}, [](double) { return Complex(0.5); }}};
    const ComplexMatrix rho = random_state(n, 3), x = random_matrix(n, 4);
    const auto one = redfield::evolve(sparse, rho, {0.0, 2.0}),
               other = redfield::evolve(dense, rho, {0.0, 2.0});
    CHECK(one.stats.frame == redfield::Frame::given);
    CHECK(other.stats.frame == redfield::Frame::eigenbasis);
    CHECK((one.states[1] - other.states[1]).cwiseAbs().maxCoeff() < 1e-6);
    // Between transposed operators.
    const ComplexMatrix moved = redfield::adjoint(sparse)->apply(x.transpose().eval()).transpose();
    CHECK(std::abs((moved * rho).trace() - (x * sparse.apply(rho)).trace()) < 1e-12);
}

TEST_CASE("sparse input is checked") {
    const SparseMatrix h = random_sparse_hermitian(4, 1);
    CHECK_THROWS_AS(redfield::SparseGenerator(random_sparse(4, 2), std::vector<SparseMatrix>{}),
                    std::invalid_argument);
    CHECK_THROWS_AS(redfield::SparseGenerator(h, std::vector<SparseMatrix>{random_sparse(3, 1)}),
                    std::invalid_argument);
    redfield::SiteFactor outside{4, {0}, ComplexMatrix::Ones(1, 1), ComplexMatrix::Ones(1, 1)};
    CHECK_THROWS_AS(redfield::SparseGenerator(h, h, {}, {outside}), std::invalid_argument);
}

TEST_CASE("Lanczos' bounds hold every eigenvalue and are not wide") {
    for (const Index n : {1, 2, 9, 60}) {
        const SparseMatrix h = random_sparse_hermitian(n, 3);
        const RealVector e = diagonalise(h).energies;
        for (const auto& range :
             {redfield::linalg::spectral_range(h), redfield::linalg::spectral_range(ComplexMatrix(h))}) {
            CHECK(range.least <= e[0] + 1e-12);
            CHECK(range.most >= e[n - 1] - 1e-12);
            CHECK(range.most - range.least <= 1.1 * (e[n - 1] - e[0]) + 1e-9);
        }
    }
}
