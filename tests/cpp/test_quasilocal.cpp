#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

namespace {

ComplexMatrix random_diagonal(Index n, unsigned seed) {
    return random_matrix(n, seed).diagonal().asDiagonal();
}

/// Sparse couplings, half of them with an empty row.
std::vector<ComplexMatrix> couplings_of(Index n) {
    std::vector<ComplexMatrix> a;
    for (unsigned j = 0; j < 6; ++j) {
        a.push_back(random_diagonal(n, 200 + j));
        if (j % 2 == 1) a.back()(1, 1) = 0.0;
    }
    return a;
}

redfield::Operators sparse(const std::vector<ComplexMatrix>& dense) {
    redfield::Operators out;
    for (const ComplexMatrix& a : dense) out.emplace_back(redfield::SparseMatrix(a.sparseView()));
    return out;
}

}  // namespace

TEST_CASE("diagonal couplings in the given basis: action and evolution") {
    const Index n = 7;
    const ComplexMatrix h = random_hermitian(n, 31), rho = random_state(n, 32);
    const auto dense = couplings_of(n);
    const redfield::Redfield equation{redfield::System{h, sparse(dense), bath}};
    const auto rhs = [&](const ComplexMatrix& x) { return redfield_rhs(h, dense, {bath}, x); };
    for (const int threads : {1, 2}) {
        const ComplexMatrix x = random_matrix(n, 33);
        CHECK((equation.apply(x, threads) - rhs(x)).norm() < 1e-11 * rhs(x).norm());
    }
    redfield::EvolveOptions options;
    options.rtol = 1e-10;
    const auto result = redfield::evolve(equation, rho, {0.0, 0.3}, options);
    CHECK(trace_norm(result.states.back() - evolve(rhs, rho, 0.3)) < 1e-8);
}

TEST_CASE("given sparse lambdas take the place of the bath's") {
    const Index n = 6;
    const ComplexMatrix h = random_hermitian(n, 41), rho = random_matrix(n, 42);
    const auto dense = couplings_of(n);
    std::vector<redfield::SparseMatrix> lambdas;
    ComplexMatrix expected = commutator(h, rho);
    for (unsigned j = 0; j < dense.size(); ++j) {
        ComplexMatrix l = random_matrix(n, 300 + j);
        l(0, n - 1) = l(n - 1, 0) = 0.0;
        lambdas.emplace_back(l.sparseView());
        const ComplexMatrix& a = dense[j];
        expected +=
            l * rho * a.adjoint() + a * rho * l.adjoint() - a.adjoint() * l * rho - rho * l.adjoint() * a;
    }
    const redfield::System system{h, sparse(dense), bath};
    const redfield::LambdaGenerator equation{redfield::given_lambdas(system, lambdas)};
    CHECK((equation.apply(rho) - expected).norm() < 1e-11 * expected.norm());
    CHECK(std::abs(equation.apply(rho).trace()) < 1e-10);

    lambdas.pop_back();
    CHECK_THROWS_AS(redfield::given_lambdas(system, lambdas), std::invalid_argument);
    lambdas.emplace_back(n + 1, n + 1);
    CHECK_THROWS_AS(redfield::given_lambdas(system, lambdas), std::invalid_argument);
    const redfield::System sites{h, redfield::SiteProjectors{n}, bath};
    CHECK_THROWS_AS(redfield::given_lambdas(sites, std::vector<redfield::SparseMatrix>{}),
                    std::invalid_argument);
}
