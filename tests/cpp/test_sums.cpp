// Sums of equations and adjoints against the equations written out.
#include <doctest/doctest.h>

#include <memory>

#include "reference.hpp"

using namespace reference;
using redfield::SparseMatrix;

namespace {

ComplexMatrix jump(const ComplexMatrix& l, const ComplexMatrix& x) {
    const ComplexMatrix k = 0.5 * l.adjoint() * l;
    return l * x * l.adjoint() - k * x - x * k;
}

std::shared_ptr<const redfield::Generator> lindblad(const ComplexMatrix& h, const ComplexMatrix& l) {
    return std::make_shared<redfield::LambdaGenerator>(redfield::lindblad(
        SparseMatrix(h.sparseView()), std::vector<SparseMatrix>{SparseMatrix(l.sparseView())}));
}

/// tr(Y 𝓛X) = tr((𝓛†Y) X) of any X and Y.
void check_adjoint(const redfield::Generator& generator, unsigned seed) {
    const Index n = generator.dimension();
    const auto adjoint = generator.adjoint();
    const ComplexMatrix x = random_matrix(n, seed), y = random_matrix(n, seed + 1);
    const ComplexMatrix moved = adjoint->apply(ComplexMatrix(y.transpose())).transpose();
    const Complex expected = (y * generator.apply(x)).trace();
    CHECK(std::abs((moved * x).trace() - expected) < 1e-11 * x.norm() * y.norm());
    CHECK(adjoint->apply(ComplexMatrix::Identity(n, n)).norm() < 1e-11);
}

}  // namespace

TEST_CASE("a sum of sparse equations holds their Hamiltonian once") {
    for (const Index n : {2, 5, 9}) {
        const ComplexMatrix h = random_hermitian(n, 1), x = random_matrix(n, 5);
        std::vector<std::shared_ptr<const redfield::Generator>> parts;
        ComplexMatrix expected = commutator(h, x);
        for (unsigned k = 0; k < 3; ++k) {
            const ComplexMatrix l = random_matrix(n, 10 + k);
            parts.push_back(lindblad(h, l));
            expected += jump(l, x);
            const auto sum = redfield::sum(parts);
            CHECK((sum->apply(x) - expected).norm() < 1e-12 * expected.norm());
            check_adjoint(*sum, 20);
        }
        // A sum is a part of another; evolutions of both frames know it too.
        const auto inner = redfield::sum(parts);
        const ComplexMatrix l = random_matrix(n, 30);
        const auto sum_of_sums = redfield::sum({inner, lindblad(h, l)});
        const redfield::Generator& outer = *sum_of_sums;
        CHECK((outer.apply(x) - expected - jump(l, x)).norm() < 1e-12 * expected.norm());
        const ComplexMatrix rho = random_state(n, 7);
        const auto whole = [&](const ComplexMatrix& r) { return outer.apply(r); };
        for (const auto method : {redfield::Method::chebyshev, redfield::Method::dopri5}) {
            redfield::EvolveOptions options;
            options.method = method;
            options.rtol = options.atol = 1e-10;
            const auto found = redfield::evolve(outer, rho, {0.0, 0.4}, options);
            CHECK((found.states[1] - evolve(whole, rho, 0.4)).norm() < 1e-8);
        }
    }
}

TEST_CASE("a sum refuses different Hamiltonians") {
    const ComplexMatrix h = random_hermitian(4, 1), l = random_matrix(4, 2);
    const auto first = lindblad(h, l);
    CHECK_THROWS_AS(redfield::sum({first, lindblad(1.001 * h, l)}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::sum({first, lindblad(ComplexMatrix::Zero(4, 4), l)}),
                    std::invalid_argument);
    CHECK_THROWS_AS(redfield::sum({lindblad(ComplexMatrix::Zero(4, 4), l), first}),
                    std::invalid_argument);
    const auto both = redfield::sum({first, first});
    CHECK_THROWS_AS(redfield::sum({both, lindblad(random_hermitian(4, 3), l)}), std::invalid_argument);
    const auto eigen = std::make_shared<redfield::Redfield>(
        redfield::System{h, redfield::Operators{random_hermitian(4, 2)}, bath});
    CHECK_THROWS_AS(redfield::sum({eigen, first}), std::invalid_argument);
    CHECK_THROWS_AS(
        redfield::sum({eigen, std::make_shared<redfield::Redfield>(redfield::System{
                                  2.0 * h, redfield::Operators{random_hermitian(4, 2)}, bath})}),
        std::invalid_argument);
}

TEST_CASE("equations of given lambdas have an adjoint of products") {
    const Index n = 6;
    const ComplexMatrix h = random_hermitian(n, 1), a = random_matrix(n, 2), b = random_hermitian(n, 3);
    const redfield::System system{h, redfield::Operators{a, b}, bath};
    const std::vector<ComplexMatrix> lambdas{random_matrix(n, 4), random_matrix(n, 5)};
    const redfield::LambdaGenerator given(redfield::given_lambdas(system, lambdas));
    const auto sparse = std::make_shared<redfield::LambdaGenerator>(redfield::given_lambdas(
        system, std::vector<SparseMatrix>{SparseMatrix(lambdas[0].sparseView()),
                                          SparseMatrix(lambdas[1].sparseView())}));
    const auto dense =
        std::make_shared<redfield::LambdaGenerator>(redfield::given_lambdas(system, lambdas));
    const auto redfield = std::make_shared<redfield::Redfield>(system);
    const auto davies = std::make_shared<redfield::Davies>(system);
    const auto sum = redfield::sum({redfield, dense}), both = redfield::sum({redfield, sparse, davies});
    check_adjoint(given, 6);
    check_adjoint(*sparse, 6);
    check_adjoint(*sum, 6);
    check_adjoint(*both, 6);
    CHECK(sum->form() != nullptr);
    const ComplexMatrix x = random_matrix(n, 7);
    const ComplexMatrix whole =
        redfield->apply(x) + sparse->apply(x) + davies->apply(x) - 2.0 * commutator(h, x);
    CHECK((both->apply(x) - whole).norm() < 1e-11 * whole.norm());
    // Assembling 10⁸ entries would need more than is allowed, products do not.
    const Index large = 100;
    const redfield::System wide{random_hermitian(large, 1),
                                redfield::Operators{random_hermitian(large, 2)}, bath};
    const redfield::LambdaGenerator products(
        redfield::given_lambdas(wide, std::vector<ComplexMatrix>{random_matrix(large, 3)}));
    CHECK(products.adjoint(1e6) != nullptr);
}
