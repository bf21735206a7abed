#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

namespace {

/// Σ over equal Bohr frequencies of Γ(ω)(A(ω)ρA(ω')† − A(ω')†A(ω)ρ) + h.c., written out.
ComplexMatrix secular_rhs(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                          const ComplexMatrix& rho) {
    const auto [energies, vectors] = diagonalise(h);
    const RealVector e = energies;
    const ComplexMatrix u = vectors, r = u.adjoint() * rho * u;
    const Index n = h.rows();
    ComplexMatrix out = ComplexMatrix::Zero(n, n);
    for (const ComplexMatrix& coupling : couplings) {
        const ComplexMatrix a = u.adjoint() * coupling * u;
        for (Index k = 0; k < n; ++k)
            for (Index l = 0; l < n; ++l)
                for (Index m = 0; m < n; ++m)
                    for (Index p = 0; p < n; ++p) {
                        const double w = e[l] - e[k];
                        if (std::abs(w - (e[p] - e[m])) > 1e-9) continue;
                        ComplexMatrix left = ComplexMatrix::Zero(n, n), right = left;
                        left(k, l) = a(k, l);
                        right(m, p) = a(m, p);
                        const ComplexMatrix term = one_sided_gamma(w) * (left * r * right.adjoint() -
                                                                         right.adjoint() * left * r);
                        out += term;
                        out += std::conj(one_sided_gamma(w)) *
                               (right * r * left.adjoint() - r * left.adjoint() * right);
                    }
    }
    return commutator(h, rho) + u * out * u.adjoint();
}

}  // namespace

TEST_CASE("the generator is the brute-force secular sum") {
    const ComplexMatrix h = random_hermitian(4, 41);
    const std::vector<ComplexMatrix> dense{random_matrix(4, 42), random_hermitian(4, 43)};
    const redfield::Davies from_projectors(redfield::System{h, redfield::SiteProjectors{4}, bath});
    const redfield::Davies from_operators(
        redfield::System{h, redfield::Operators{dense[0], dense[1]}, bath});
    const ComplexMatrix x = random_matrix(4, 44);
    CHECK((from_projectors.apply(x) - secular_rhs(h, projectors(4), x)).norm() < 1e-11);
    CHECK((from_operators.apply(x) - secular_rhs(h, dense, x)).norm() < 1e-11);
}

TEST_CASE("the propagator is the exponential of the secular sum") {
    const ComplexMatrix h = random_hermitian(4, 45), rho = random_state(4, 46);
    const redfield::Davies davies(redfield::System{h, redfield::SiteProjectors{4}, bath});
    const auto out = redfield::evolve(davies, rho, {0.0, 0.3, 5.0, 5.0, 40.0});
    for (std::size_t i = 0; i < out.times.size(); ++i) {
        const ComplexMatrix expected = evolve(
            [&](const ComplexMatrix& x) { return secular_rhs(h, projectors(4), x); }, rho, out.times[i]);
        CHECK((out.states[i] - expected).norm() < 1e-11);
    }
}

TEST_CASE("degenerate Bohr frequencies couple within their cluster") {
    const ComplexMatrix u = diagonalise(random_hermitian(4, 47)).vectors;
    RealVector e(4);
    e << 0.0, 1.0, 2.0, 2.0;
    const ComplexMatrix h = u * e.cast<Complex>().asDiagonal() * u.adjoint();
    const std::vector<ComplexMatrix> dense{random_matrix(4, 42), random_hermitian(4, 43)};
    const redfield::Davies davies(redfield::System{h, redfield::Operators{dense[0], dense[1]}, bath});
    CHECK(davies.degenerate());
    CHECK(davies.closed_form() != nullptr);
    const ComplexMatrix x = random_matrix(4, 48);
    CHECK((davies.apply(x) - secular_rhs(h, dense, x)).norm() < 1e-11);
}

TEST_CASE("links that chain to a long cluster are refused with their gaps") {
    ComplexMatrix h = ComplexMatrix::Zero(5, 5);
    h.diagonal() << 0.0, 1.0, 1.00001, 1.00002, 1.00003;
    const redfield::System chain{h, redfield::SiteProjectors{5}, bath};
    CHECK_NOTHROW(redfield::Davies{chain});
    CHECK_THROWS_WITH_AS(redfield::Davies(chain, true, 1.1e-5), doctest::Contains("gap to the next"),
                         std::invalid_argument);
}

TEST_CASE("one level has nothing to couple") {
    const redfield::System one{ComplexMatrix::Constant(1, 1, 2.0), redfield::SiteProjectors{1}, bath};
    const redfield::Davies davies(one);
    const auto out = redfield::evolve(davies, ComplexMatrix::Ones(1, 1), {0.0, 10.0});
    CHECK(std::abs(out.states[1](0, 0) - 1.0) < 1e-14);
}
