#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;

namespace {

/// (1/2π) P∫_a^b γ(x)/(w − x) dx by Simpson's rule on what is left without the pole.
template <class Bath>
double principal_value(const Bath& bath, double w, double a, double b, int steps) {
    const double gamma = bath.power_spectrum(w);
    const auto rest = [&](double x) {
        const double nudge = 1e-6;  // the limit at the pole is −γ'(w)
        return std::abs(x - w) < 1e-9
                   ? (bath.power_spectrum(w - nudge) - bath.power_spectrum(w + nudge)) / (2.0 * nudge)
                   : (bath.power_spectrum(x) - gamma) / (w - x);
    };
    return (simpson(rest, a, b, steps) + gamma * std::log((w - a) / (b - w))) / (2.0 * pi);
}

}  // namespace

TEST_CASE("baths in closed form: γ is the formula, η its Hilbert transform") {
    const redfield::LorentzianBath lorentzian(0.3, 0.5, 1.0);
    const redfield::DrudeBath drude(0.1, 2.0, 1.5);
    for (const double w : {-3.0, -0.4, 0.7, 5.0}) {
        CHECK(lorentzian.power_spectrum(w) ==
              doctest::Approx(0.3 * 0.25 / ((w - 1.0) * (w - 1.0) + 0.25)));
        CHECK(drude.power_spectrum(w) ==
              doctest::Approx(0.1 * w * 4.0 / (w * w + 4.0) / (1.0 - std::exp(-1.5 * w))));
        CHECK(lorentzian.lamb_shift(w) ==
              doctest::Approx(principal_value(lorentzian, w, -4000.0, 4000.0, 4000000)).epsilon(1e-5));
    }
    // The tail of γ ~ λω_c²/ω beyond L is λω_c²/(2πω) ln(1 − ω/L).
    for (const double w : {-3.0, -0.4, 0.7, 5.0}) {
        const double length = 4000.0, tail = 0.1 * 4.0 / (2.0 * pi * w) * std::log1p(-w / length);
        CHECK(drude.lamb_shift(w) ==
              doctest::Approx(principal_value(drude, w, -length, length, 4000000) + tail).epsilon(1e-5));
    }
    CHECK(redfield::FlatBath(0.4)(3.0) == Complex(0.2, 0.0));
}

TEST_CASE("a cold Drude bath is the limit of colder and colder ones") {
    const redfield::DrudeBath cold(0.1, 2.0, std::numeric_limits<double>::infinity());
    for (const double w : {-3.0, -0.4, 0.0, 0.7, 5.0}) {
        CHECK(std::abs(cold.lamb_shift(w) - redfield::DrudeBath(0.1, 2.0, 1e9).lamb_shift(w)) < 1e-12);
        CHECK(cold.power_spectrum(w) ==
              doctest::Approx(redfield::DrudeBath(0.1, 2.0, 1e9).power_spectrum(w)).epsilon(1e-8));
    }
    CHECK(std::isfinite(redfield::DrudeBath(0.1, 1e-200, 1e250).lamb_shift(1e200)));
}

TEST_CASE("a table of a bath is that bath between its knots") {
    const redfield::DrudeBath drude(0.1, 2.0, 1.5);
    std::vector<double> w, gamma;
    for (int k = 0; k <= 20000; ++k) {
        w.push_back(0.02 * k);
        gamma.push_back(drude.power_spectrum(w.back()));
    }
    const auto table = redfield::TabulatedBath::thermal(w, gamma, 1.5);
    const double end = 400.0;
    for (const double x : {-5.003, -0.417, 0.0, 0.02, 0.713, 3.0}) {
        CHECK(table.power_spectrum(x) == doctest::Approx(drude.power_spectrum(x)).epsilon(1e-6));
        // What the table has not, γ ~ λω_c²/ω from 400 on.
        const double tail =
            x == 0.0 ? -0.4 / (2.0 * pi * end) : 0.4 / (2.0 * pi * x) * std::log1p(-x / end);
        CHECK(std::abs(table.lamb_shift(x) + tail - drude.lamb_shift(x)) < 1e-6);
    }
    CHECK_THROWS_AS(table.power_spectrum(401.0), std::invalid_argument);
}

TEST_CASE("baths say what is wrong with their numbers") {
    using namespace redfield;
    const double nan = std::nan("");
    CHECK_THROWS_WITH(DrudeBath(-1.0, 1.0, 1.0),
                      "DrudeBath: strength must be finite and not negative, got -1");
    CHECK_THROWS_WITH(DrudeBath(1.0, 0.0, 1.0), "DrudeBath: cutoff must be finite and positive, got 0");
    CHECK_THROWS_WITH(DrudeBath(1.0, 1.0, 0.0), "DrudeBath: beta must be positive, got 0");
    CHECK_THROWS_AS(DrudeBath(nan, 1.0, 1.0), std::invalid_argument);
    CHECK_THROWS_AS(OhmicBath(1.0, 5e-324, 1.0), std::invalid_argument);  // 1/cutoff overflows
    CHECK_THROWS_AS(OhmicBath(1.0, nan, 1.0), std::invalid_argument);
    CHECK_THROWS_WITH(LorentzianBath(1.0, -2.0),
                      "LorentzianBath: width must be finite and positive, got -2");
    CHECK_THROWS_WITH(FlatBath(-0.5), "FlatBath: rate must be finite and not negative, got -0.5");
    CHECK_THROWS_AS(TabulatedBath({0.0, 1.0, 1.0}, {1.0, 1.0, 1.0}), std::invalid_argument);
    CHECK_THROWS_AS(TabulatedBath({0.0, 1.0}, {1.0, -1.0}), std::invalid_argument);
    CHECK_THROWS_AS(TabulatedBath({0.0}, {1.0}), std::invalid_argument);
    CHECK_THROWS_AS(TabulatedBath::thermal({-1.0, 1.0}, {1.0, 1.0}, 1.0), std::invalid_argument);
}

TEST_CASE("kets, observers in the given basis and expectation values are one evolution") {
    const ComplexMatrix h = random_hermitian(5, 61);
    const redfield::Redfield equation{
        redfield::System{h, redfield::SiteProjectors{5}, redfield::DrudeBath{0.1, 2.0, 1.5}}};
    Eigen::VectorXcd psi = random_matrix(5, 62).col(0).normalized();
    const ComplexMatrix rho = psi * psi.adjoint();
    const std::vector<double> times{0.0, 0.5, 3.0};
    const auto all = redfield::evolve(equation, rho, times);
    const auto of_ket = redfield::evolve(equation, psi, times);
    const ComplexMatrix dense = random_matrix(5, 63);
    const redfield::SparseMatrix sparse = random_matrix(5, 64).sparseView();
    const auto values = redfield::expectations(equation, psi, times, {dense, sparse});
    std::size_t seen = 0;
    redfield::evolve(equation, psi, times, {}, [&](Index i, const ComplexMatrix& state) {
        CHECK(static_cast<std::size_t>(i) == seen);
        CHECK((state - all.states[seen]).norm() < 1e-12);
        CHECK((of_ket.states[seen] - state).norm() < 1e-12);
        CHECK(std::abs(values.values(0, i) - (dense * state).trace()) < 1e-12);
        CHECK(std::abs(values.values(1, i) - (ComplexMatrix(sparse) * state).trace()) < 1e-12);
        ++seen;
    });
    CHECK(seen == 3);
    CHECK((values.final_state - all.states[2]).norm() < 1e-12);
    CHECK_THROWS_WITH(redfield::evolve(equation, ComplexMatrix(4, 1), times),
                      "rho0 is 4 x 1, the system has 5 levels");
    CHECK_THROWS_AS(redfield::expectations(equation, psi, times, {ComplexMatrix(4, 4)}),
                    std::invalid_argument);
}
