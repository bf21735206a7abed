#include <doctest/doctest.h>

#include <memory>

#include "reference.hpp"

using namespace reference;
using redfield::MatrixOf;
using redfield::Precision;
using redfield::SparseMatrix;

namespace {

SparseMatrix sparse(const ComplexMatrix& a) {
    ComplexMatrix out = a;
    for (Index i = 0; i < a.size(); ++i)
        if (a.data()[i].real() < 0.0) out.data()[i] = 0.0;
    return out.sparseView();
}

SparseMatrix hermitian(const SparseMatrix& a) {
    return SparseMatrix(0.5 * (a + SparseMatrix(a.adjoint())));
}

/// Every generator that has a form in single precision.
std::vector<std::shared_ptr<const redfield::Generator>> generators(Index n) {
    const ComplexMatrix h = random_hermitian(n, 1);
    const redfield::System sites{h, redfield::SiteProjectors{n}, bath};
    const redfield::System dense{h, redfield::Operators{random_matrix(n, 2), random_hermitian(n, 3)},
                                 bath};
    redfield::Operators diagonal;
    for (Index j = 0; j < n; ++j)
        diagonal.emplace_back(
            SparseMatrix(ComplexMatrix(projectors(n)[static_cast<std::size_t>(j)]).sparseView()));
    const redfield::System local{h, diagonal, bath};
    redfield::SiteFactor factor{n / 2, {}, {}, {}};
    for (Index s = 0; s < n; s += 3) factor.support.push_back(static_cast<std::int32_t>(s));
    const auto size = static_cast<Index>(factor.support.size());
    factor.left = random_matrix(size, 4).leftCols(1);
    factor.right = random_matrix(size, 5).leftCols(1);
    return {std::make_shared<redfield::Redfield>(sites),
            std::make_shared<redfield::Redfield>(dense),
            std::make_shared<redfield::Redfield>(local),
            std::make_shared<redfield::UniversalLindblad>(sites),
            std::make_shared<redfield::PartialSecular>(dense, 1.0),
            std::make_shared<redfield::LambdaGenerator>(
                redfield::sparse_form(hermitian(sparse(random_matrix(n, 6))), sparse(random_matrix(n, 7)),
                                      {{SparseMatrix(), sparse(random_matrix(n, 8))},
                                       {sparse(random_matrix(n, 9)), sparse(random_matrix(n, 10))}},
                                      {factor}))};
}

}  // namespace

TEST_CASE("single precision applies the same map, with fewer, as many and more columns than lanes") {
    for (const Index n : {1, 2, 15, 16, 17, 40})
        for (const int threads : {1, 2})
            for (const auto& generator : generators(n)) {
                const auto single = generator->single();
                REQUIRE(single != nullptr);
                redfield::linalg::Workspace ws(threads);
                redfield::linalg::BasicWorkspace<float> ws_single(threads);
                const RealMatrix given = redfield::pack(random_state(n, 11));
                const auto& eigen = generator->eigensystem();
                const auto in = [&](redfield::Frame to, const RealMatrix& x, redfield::Frame from) {
                    return eigen.in_frame(to, {x, from}, 1);
                };
                const RealMatrix rho = in(generator->frame(), given, redfield::Frame::given);
                RealMatrix expected(n, n);
                generator->apply(rho, expected, ws);
                const MatrixOf<float> rho_single =
                    in(single->frame(), given, redfield::Frame::given).cast<float>();
                MatrixOf<float> out(n, n);
                single->apply(rho_single, out, ws_single);
                const RealMatrix found = in(generator->frame(), out.cast<double>(), single->frame());
                CAPTURE(n);
                CHECK((found - expected).norm() <= 3e-6 * (1.0 + expected.norm()));
            }
}

TEST_CASE("an evolution in single precision stays within its tolerance and tells its precision") {
    const Index n = 21;
    auto all = generators(n);
    all.back() = std::make_shared<redfield::LambdaGenerator>(  // of random parts a state would grow
        redfield::lindblad(hermitian(sparse(random_matrix(n, 6))), {sparse(0.2 * random_matrix(n, 8))}));
    for (const auto& generator : all) {
        redfield::EvolveOptions options;
        options.method = redfield::Method::chebyshev;
        options.rtol = 1e-4;
        const ComplexMatrix rho = random_state(n, 12);
        const std::vector<double> times{0.0, 0.0, 0.7, 1.5};
        const auto expected = redfield::evolve(*generator, rho, times, {});
        options.precision = Precision::single;
        const auto found = redfield::evolve(*generator, rho, times, options);
        CHECK(found.stats.precision == Precision::single);
        for (std::size_t i = 0; i < times.size(); ++i)
            CHECK(trace_norm(found.states[i] - expected.states[i]) <= 1e-4);
    }
}

TEST_CASE("single precision is refused where it can not keep its tolerance") {
    const auto generator = generators(4).front();
    const ComplexMatrix rho = random_state(4, 1);
    redfield::EvolveOptions options;
    options.precision = Precision::single;
    const auto refused = [&](double end) {
        CHECK_THROWS_AS(redfield::evolve(*generator, rho, {0.0, end}, options), std::invalid_argument);
    };
    refused(1.0);  // the default rtol is 1e-6
    options.rtol = 1e-4;
    options.method = redfield::Method::dopri5;
    refused(1.0);
    options.method = redfield::Method::chebyshev;
    refused(1e6);
    CHECK_NOTHROW(redfield::evolve(*generator, rho, {0.0, 1.0}, options));
    const redfield::System large{ComplexMatrix(1e35 * random_hermitian(4, 1)),
                                 redfield::SiteProjectors{4}, bath};
    CHECK_THROWS_AS(redfield::evolve(redfield::Redfield(large), rho, {0.0, 1e-35}, options),
                    std::invalid_argument);
}

TEST_CASE("a mean energy takes no digits, in neither frame") {
    const Index n = 9;
    const SparseMatrix h = hermitian(sparse(random_matrix(n, 1)));
    SparseMatrix one(n, n);
    one.setIdentity();
    const SparseMatrix shifted = h + SparseMatrix(Complex(1e8) * one);
    const std::vector<SparseMatrix> jumps{sparse(0.3 * random_matrix(n, 2))};
    const ComplexMatrix rho = random_state(n, 3);
    redfield::EvolveOptions options;
    options.precision = Precision::single;
    options.rtol = 1e-4;
    options.method = redfield::Method::chebyshev;
    const std::vector<double> times{0.0, 1.0};
    const auto here =
        redfield::evolve(redfield::LambdaGenerator(redfield::lindblad(h, jumps)), rho, times, {});
    const auto there = redfield::evolve(redfield::LambdaGenerator(redfield::lindblad(shifted, jumps)),
                                        rho, times, options);
    CHECK(trace_norm(here.states.back() - there.states.back()) <= 1e-4);
    const redfield::Operators couplings{random_hermitian(n, 4)};
    const auto same = redfield::evolve(
        redfield::Redfield(redfield::System{ComplexMatrix(h), couplings, bath}), rho, times, {});
    const auto moved =
        redfield::evolve(redfield::Redfield(redfield::System{ComplexMatrix(shifted), couplings, bath}),
                         rho, times, options);
    CHECK(trace_norm(same.states.back() - moved.states.back()) <= 1e-4);
}
