#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "reference.hpp"

using namespace reference;

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
    refused([&] { redfield::System(h, three, std::vector<redfield::Bath>{bath, bath}); });
    refused([&] { redfield::System(h, three, [](double) { return Complex(-1.0, 0.0); }); });
    refused([&] { redfield::System(h, three, [&](double) { return Complex(nan, 0.0); }); });
    refused([&] { redfield::Eigensystem(RealVector::Zero(3), random_matrix(3, 2)); });
}

TEST_CASE("Bohr frequencies ascend and cluster") {
    RealVector e(4);
    e << 0.0, 1.0, 3.0, 7.0;
    const redfield::BohrFrequencies bohr(e);
    CHECK(bohr.frequency.size() == 16);
    CHECK(std::is_sorted(bohr.frequency.begin(), bohr.frequency.end()));
    for (std::size_t i = 0; i < 16; ++i)
        CHECK(bohr.frequency[i] == e[bohr.element[i] % 4] - e[bohr.element[i] / 4]);
    CHECK(redfield::BohrClusters(bohr, 0.5).non_degenerate);
    CHECK_FALSE(redfield::BohrClusters(bohr, 1.5).non_degenerate);
    e[3] = 5.0 + 1e-7;  // 5 − 3 against 3 − 1
    const redfield::BohrFrequencies near(e);
    CHECK(redfield::BohrClusters(near, 1e-8).non_degenerate);
    const redfield::BohrClusters clusters(near, 1e-6);
    CHECK_FALSE(clusters.non_degenerate);
    CHECK(clusters.width == doctest::Approx(1e-7).epsilon(1e-6));
    CHECK(redfield::gap_table(near, clusters, 4).find("gap to the next") != std::string::npos);
}
