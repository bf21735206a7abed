#include <doctest/doctest.h>

#include <limits>

#include "reference.hpp"

using namespace reference;

namespace {

const redfield::OneSided bath = [](double w) { return one_sided_gamma(w); };

}  // namespace

TEST_CASE("the eigensystem reproduces H and both changes of basis") {
    const ComplexMatrix h = random_hermitian(9, 81), x = random_matrix(9, 82);
    const redfield::Eigensystem eigen(h);
    const ComplexMatrix u = eigen.eigenvectors();
    CHECK((u * eigen.energies().cast<Complex>().asDiagonal() * u.adjoint() - h).norm() < 1e-12);
    CHECK((eigen.to_eigenbasis(x) - u.adjoint() * x * u).norm() < 1e-12);
    CHECK(redfield::Eigensystem(ComplexMatrix(h.real().cast<Complex>())).vectors().is_real());
}

TEST_CASE("bad Hamiltonians, couplings and baths are refused") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const redfield::SiteProjectors three{3};
    const ComplexMatrix h = random_hermitian(3, 83);
    const auto refused = [](auto&& make) { CHECK_THROWS_AS(make(), std::invalid_argument); };
    refused([&] { redfield::System(ComplexMatrix::Zero(2, 3), three, bath); });
    refused([&] { redfield::System(ComplexMatrix(0, 0), three, bath); });
    refused([&] { redfield::System(nan * h, three, bath); });
    refused([&] { redfield::System(random_matrix(3, 1), three, bath); });
    refused([&] { redfield::System(h, redfield::SiteProjectors{4}, bath); });
    refused([&] { redfield::SiteProjectors{0}; });
    refused([&] { redfield::SiteProjectors({0, 1}, RealVector::Ones(3)); });
    refused([&] { redfield::System(h, redfield::Operators{random_matrix(4, 1)}, bath); });
    refused([&] { redfield::System(h, redfield::Operators{nan * h}, bath); });
    refused([&] { redfield::System(h, three, std::vector<redfield::OneSided>{bath, bath}); });
    refused([&] { redfield::System(h, three, [](double) { return Complex(-1.0, 0.0); }); });
    refused([&] { redfield::System(h, three, [&](double) { return Complex(nan, 0.0); }); });
    refused([&] { redfield::Eigensystem(RealVector::Zero(3), random_matrix(3, 2)); });
}

TEST_CASE("closest Bohr frequencies") {
    RealVector e(4);
    e << 0.0, 1.0, 3.0, 7.0;
    CHECK(redfield::closest_bohr_frequencies(e).gap == doctest::Approx(1.0));
    e[3] = 5.0 + 1e-7;  // 5 − 3 against 3 − 1
    const auto closest = redfield::closest_bohr_frequencies(e);
    CHECK(closest.gap == doctest::Approx(1e-7).epsilon(1e-6));
    CHECK(std::isinf(redfield::closest_bohr_frequencies(e.head(1)).gap));
}
