#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

namespace {

const redfield::OneSided bath = [](double w) { return one_sided_gamma(w); };

ComplexMatrix to_dense(const redfield::CsrMatrix& m) {
    ComplexMatrix out = ComplexMatrix::Zero(m.rows, m.cols);
    for (Index r = 0; r < m.rows; ++r)
        for (std::int32_t i = m.row_start[static_cast<std::size_t>(r)];
             i < m.row_start[static_cast<std::size_t>(r) + 1]; ++i)
            out(r, m.column[static_cast<std::size_t>(i)]) = m.value[static_cast<std::size_t>(i)];
    return out;
}

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
        CHECK((to_dense(g->liouvillian()) - given).norm() < 1e-12);
        ComplexMatrix change(n * n, n * n);  // conj(U) ⊗ U
        for (Index i = 0; i < n; ++i)
            for (Index j = 0; j < n; ++j) change.block(i * n, j * n, n, n) = std::conj(u(i, j)) * u;
        CHECK((to_dense(g->liouvillian_in_eigenbasis()) - change.adjoint() * given * change).norm() <
              1e-11);
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

TEST_CASE("a driven evolution with a constant generator is the evolution") {
    const auto g = std::make_shared<redfield::Redfield>(
        redfield::System{random_hermitian(3, 95), redfield::SiteProjectors{3}, bath});
    const ComplexMatrix rho = random_state(3, 96);
    redfield::EvolveOptions options;
    options.rtol = options.atol = 1e-11;
    RealMatrix last;
    redfield::evolve_driven([&](double) { return g; }, redfield::pack(rho), {0.0, 1.0, 4.0}, options,
                            10.0, [&](Index, const RealMatrix& state) { last = state; });
    CHECK((redfield::unpack(last) - redfield::evolve(*g, rho, {0.0, 4.0}, options).states.back()).norm() <
          1e-8);
}

TEST_CASE("the secular inverse inverts Davies' generator") {
    const redfield::Davies davies(
        redfield::System{random_hermitian(5, 97), redfield::SiteProjectors{5}, bath});
    const double shift = 0.3;
    const redfield::SecularInverse inverse(davies, shift, 0.0);
    const RealMatrix x = redfield::pack(random_hermitian(5, 98));
    RealMatrix y(5, 5), back(5, 5);
    inverse.apply(x, y);
    const auto ws = davies.lease(1);
    davies.Generator::apply(y, back, *ws);
    CHECK((back - shift * y - x).norm() < 1e-12);
}
