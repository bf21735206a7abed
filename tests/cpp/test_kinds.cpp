#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

namespace {

/// The matrix of X ↦ 𝓛X from its action on matrix units.
ComplexMatrix by_units(const redfield::Generator& g) {
    const Index n = g.dimension();
    ComplexMatrix out(n * n, n * n);
    for (Index c = 0; c < n * n; ++c) {
        ComplexMatrix unit = ComplexMatrix::Zero(n, n);
        unit.data()[c] = 1.0;
        const ComplexMatrix image = g.apply(unit);
        out.col(c) = Eigen::Map<const Eigen::VectorXcd>(image.data(), n * n);
    }
    return out;
}

}  // namespace

TEST_CASE("every kind: apply, both matrices and the trace agree") {
    const Index n = 4;
    const ComplexMatrix h = random_hermitian(n, 91);
    const redfield::System system{h, redfield::Operators{random_matrix(n, 92), random_hermitian(n, 93)},
                                  bath};
    const redfield::System sites{h, redfield::SiteProjectors{n}, bath};
    std::vector<std::unique_ptr<redfield::Generator>> kinds;
    for (const redfield::System& s : {system, sites}) {
        kinds.push_back(std::make_unique<redfield::Redfield>(s));
        kinds.push_back(std::make_unique<redfield::Davies>(s));
        kinds.push_back(std::make_unique<redfield::PartialSecular>(s, 0.8));
        kinds.push_back(std::make_unique<redfield::GeometricArithmetic>(s));
        kinds.push_back(std::make_unique<redfield::UniversalLindblad>(s));
    }
    for (const auto& g : kinds) {
        const ComplexMatrix given = by_units(*g), u = g->eigensystem().eigenvectors();
        CHECK((dense(g->liouvillian()) - given).norm() < 1e-12);
        ComplexMatrix change(n * n, n * n);  // conj(U) ⊗ U
        for (Index i = 0; i < n; ++i)
            for (Index j = 0; j < n; ++j) change.block(i * n, j * n, n, n) = std::conj(u(i, j)) * u;
        CHECK((dense(g->liouvillian_in_eigenbasis()) - change.adjoint() * given * change).norm() < 1e-11);
        ComplexMatrix trace = ComplexMatrix::Zero(1, n * n);
        for (Index k = 0; k < n; ++k) trace += given.row(k * (n + 1));
        CHECK(trace.norm() < 1e-12);
    }
}

TEST_CASE("a matrix that will not fit is refused with its bytes") {
    const redfield::Redfield g(
        redfield::System{random_hermitian(6, 94), redfield::SiteProjectors{6}, bath});
    redfield::AssemblyOptions options;
    options.max_bytes = 1000.0;
    CHECK_THROWS_WITH_AS(g.liouvillian(options), doctest::Contains("bytes"), std::length_error);
    CHECK_THROWS_WITH_AS(g.liouvillian_in_eigenbasis(options), doctest::Contains("bytes"),
                         std::length_error);
}

namespace {

/// An equation of one's own: P = f(ω) g(ω') with f = Γ/2 + i/10 and g = 1 + ω²/10.
class OwnKernel final : public redfield::equation::SeparableKernel {
  public:
    explicit OwnKernel(const redfield::System& system) : system_(system) {}
    Complex p(std::size_t b, Index k, Index l, Index m, Index n) const override {
        return left(b)(k, l) * right(b)(m, n);
    }
    ComplexMatrix left(std::size_t b) const override {
        ComplexMatrix f = (0.5 * system_.baths().tables[b].half_rate).cast<Complex>();
        f.array() += Complex(0.0, 0.1);
        return f;
    }
    RealMatrix right(std::size_t) const override {
        const RealMatrix w = redfield::bohr_frequencies(system_.eigensystem().energies());
        return (1.0 + 0.1 * w.array().square()).matrix();
    }

  private:
    redfield::System system_;
};

}  // namespace

TEST_CASE("an equation of one's own is its kernel, with products and as a sparse matrix") {
    const redfield::Operators operators{redfield::Operator(random_matrix(4, 101)),
                                        redfield::Operator(random_matrix(4, 102))};
    for (const bool projectors : {false, true}) {
        const redfield::Couplings couplings = projectors
                                                  ? redfield::Couplings(redfield::SiteProjectors(4))
                                                  : redfield::Couplings(operators);
        const redfield::System system{random_hermitian(4, 103), couplings, bath};
        const redfield::equation::PairEquation own{system, std::make_shared<OwnKernel>(system)};
        const redfield::LambdaGenerator products(redfield::lambda_form(own));
        const redfield::Pairwise sparse(own);
        const ComplexMatrix rho = random_matrix(4, 104);
        // Σ_j Λ_jρB_j† − B_j†Λ_jρ + h.c. in the eigenbasis, written out.
        const auto [e, u] = diagonalise(system.eigensystem().eigenvectors() *
                                        system.eigensystem().energies().asDiagonal() *
                                        system.eigensystem().eigenvectors().adjoint());
        const ComplexMatrix v = system.eigensystem().eigenvectors(), x = v.adjoint() * rho * v;
        const ComplexMatrix f = own.separable()->left(0), g = own.separable()->right(0).cast<Complex>();
        ComplexMatrix expected = ComplexMatrix::Zero(4, 4);
        for (Index k = 0; k < 4; ++k)
            for (Index l = 0; l < 4; ++l) expected(k, l) = Complex(0.0, e[l] - e[k]) * x(k, l);
        std::vector<ComplexMatrix> given = reference::projectors(4);
        if (!projectors)
            given = {std::get<ComplexMatrix>(operators[0]), std::get<ComplexMatrix>(operators[1])};
        for (const ComplexMatrix& a : given) {
            const ComplexMatrix inner = v.adjoint() * a * v, lambda = f.cwiseProduct(inner),
                                b = g.cwiseProduct(inner);
            expected += lambda * x * b.adjoint() + b * x * lambda.adjoint() - b.adjoint() * lambda * x -
                        x * lambda.adjoint() * b;
        }
        CHECK((products.apply(rho) - v * expected * v.adjoint()).norm() < 1e-12);
        CHECK((sparse.apply(rho) - v * expected * v.adjoint()).norm() < 1e-12);
    }
    redfield::equation::PairEquation cut{redfield::System{random_hermitian(4, 103), operators, bath},
                                         nullptr};
    CHECK_THROWS_AS(redfield::lambda_form(cut), std::invalid_argument);
    CHECK_THROWS_AS(redfield::Pairwise{cut}, std::invalid_argument);
}

TEST_CASE("a kind by its name is the kind") {
    const redfield::System system{random_hermitian(3, 104), redfield::Operators{random_hermitian(3, 105)},
                                  bath};
    const ComplexMatrix rho = random_matrix(3, 106);
    const auto named = [&](const char* name, bool lamb_shift) {
        const redfield::LambdaGenerator products(
            redfield::lambda_form(redfield::equation::named(name, system, lamb_shift)));
        return products.apply(rho);
    };
    for (const bool shift : {true, false}) {
        CHECK((named("redfield", shift) - redfield::Redfield(system, shift).apply(rho)).norm() < 1e-14);
        CHECK((named("geometric_arithmetic", shift) -
               redfield::GeometricArithmetic(system, shift).apply(rho))
                  .norm() < 1e-14);
    }
    CHECK_THROWS_AS(redfield::equation::named("nobody's", system, true), std::invalid_argument);
}

TEST_CASE("what has another dimension is refused everywhere") {
    const redfield::System system{random_hermitian(3, 110), redfield::SiteProjectors{3}, bath};
    const RealMatrix wrong = RealMatrix::Zero(2, 2), right = RealMatrix::Zero(3, 3);
    RealMatrix out(3, 3), small(2, 2);
    const auto redfield = std::make_shared<redfield::Redfield>(system);
    const redfield::Davies davies(system);
    const redfield::PartialSecular partial(system, 0.5);
    const redfield::UniversalLindblad jumps(system);
    const auto sum = redfield::sum({redfield, std::make_shared<redfield::Davies>(system)});
    for (const redfield::Generator* g : {static_cast<const redfield::Generator*>(redfield.get()),
                                         static_cast<const redfield::Generator*>(&davies),
                                         static_cast<const redfield::Generator*>(&partial),
                                         static_cast<const redfield::Generator*>(&jumps),
                                         static_cast<const redfield::Generator*>(sum.get())}) {
        const auto ws = g->lease(1);
        CHECK_THROWS_AS(g->dissipate(wrong, out, *ws), std::invalid_argument);
        CHECK_THROWS_AS(g->dissipate(right, small, *ws), std::invalid_argument);
        CHECK_THROWS_AS(g->Generator::apply(wrong, out, *ws), std::invalid_argument);
        CHECK_THROWS_AS(g->apply_in_given_basis(wrong, out, *ws), std::invalid_argument);
        CHECK_THROWS_AS(g->apply(ComplexMatrix::Zero(2, 2)), std::invalid_argument);
        CHECK_THROWS_AS(redfield::evolve(*g, ComplexMatrix::Zero(2, 2), {0.0, 1.0}),
                        std::invalid_argument);
    }
    const redfield::Eigensystem& eigen = system.eigensystem();
    CHECK_THROWS_AS(eigen.to_eigenbasis(ComplexMatrix::Zero(2, 2)), std::invalid_argument);
    CHECK_THROWS_AS(eigen.to_eigenbasis(wrong, 1), std::invalid_argument);
    CHECK_THROWS_AS(eigen.from_eigenbasis(wrong, 1), std::invalid_argument);
    CHECK_THROWS_AS(eigen.in_frame(redfield::Frame::given, {wrong, redfield::Frame::given}, 1),
                    std::invalid_argument);
    CHECK_THROWS_AS(redfield::unpack(RealMatrix::Zero(2, 3)), std::invalid_argument);
    CHECK_THROWS_AS(redfield::trace_norm(RealMatrix::Zero(2, 3)), std::invalid_argument);
    CHECK_THROWS_AS(redfield::equation::jumps(system, ComplexMatrix::Zero(2, 2)), std::invalid_argument);
    CHECK_THROWS_AS((redfield::equation::PairEquation{system, nullptr}.decay()), std::invalid_argument);
}
