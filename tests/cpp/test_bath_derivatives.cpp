#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <redfield/bath/closed_forms.hpp>
#include <redfield/bath/flat_bath.hpp>
#include <redfield/bath/underdamped_bath.hpp>
#include <vector>

using namespace redfield;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// f' to h⁶ from f at x ± h, ± 2h, ± 3h.
Complex slope(const std::function<Complex(double)>& f, double x, double h) {
    return (45.0 * (f(x + h) - f(x - h)) - 9.0 * (f(x + 2 * h) - f(x - 2 * h)) +
            (f(x + 3 * h) - f(x - 3 * h))) /
           (60.0 * h);
}

using Made = std::function<Bath(const std::vector<double>&)>;

/// The derivatives of a bath against differences of baths with other numbers.
void check(const Made& make, const std::vector<double>& numbers) {
    const Bath bath = make(numbers);
    const std::vector<double> w{-4.0, -1.1, -0.3, 0.2, 0.9, 1.7, 6.0};
    const BathDerivatives found = bath.derivatives(w.data(), static_cast<Index>(w.size()));
    const BathDerivatives rates = bath.derivatives(w.data(), static_cast<Index>(w.size()), false);
    REQUIRE(found.numbers.cols() == static_cast<Index>(numbers.size()));
    const auto close = [&](Complex got, Complex without, Complex expected) {
        CHECK(std::abs(got - expected) < 1e-9 * (1.0 + std::abs(expected)));
        CHECK(without == Complex(got.real(), 0.0));
    };
    for (std::size_t k = 0; k < w.size(); ++k) {
        const auto row = static_cast<Index>(k);
        close(found.frequency[row], rates.frequency[row], slope(bath, w[k], 3e-3));
        for (std::size_t p = 0; p < numbers.size(); ++p) {
            const auto column = static_cast<Index>(p);
            if (std::isinf(numbers[p])) {
                CHECK(found.numbers(row, column) == 0.0);
                continue;
            }
            const auto other = [&](double value) {
                std::vector<double> changed = numbers;
                changed[p] = value;
                return make(changed)(w[k]);
            };
            close(found.numbers(row, column), rates.numbers(row, column),
                  slope(other, numbers[p], 3e-3 * numbers[p]));
        }
    }
}

}  // namespace

TEST_CASE("derivatives of closed forms are those of their values") {
    const Made ohmic = [](const auto& p) { return OhmicBath(p[0], p[1], p[2]); };
    const Made drude = [](const auto& p) { return DrudeBath(p[0], p[1], p[2]); };
    const Made mode = [](const auto& p) { return UnderdampedBath(p[0], p[1], p[2], p[3]); };
    for (const double beta : {0.3, 4.0, infinite}) {
        check(ohmic, {0.4, 2.0, beta});
        check(drude, {0.4, 2.0, beta});
        for (const double damping : {0.4, 3.0}) check(mode, {0.3, 1.2, damping, beta});
    }
    check([](const auto& p) { return LorentzianBath(p[0], p[1], p[2]); }, {0.3, 0.7, 1.4});
    check([](const auto& p) { return FlatBath(p[0]); }, {0.3});
}

TEST_CASE(
    "a kink of the rate makes the slope of the shift infinite, and that of the rate the mean of both "
    "sides") {
    const auto ohmic = OhmicBath(0.4, 2.0, 3.0).derivatives(0.0);
    CHECK(ohmic.frequency.real() == doctest::Approx(0.1));
    CHECK(ohmic.frequency.imag() == infinite);
    CHECK(OhmicBath(0.4, 2.0, infinite).derivatives(0.0).frequency.imag() == -infinite);
    CHECK(DrudeBath(0.4, 2.0, infinite).derivatives(0.0).frequency.imag() == -infinite);
    CHECK(UnderdampedBath(0.4, 2.0, 1.0, infinite).derivatives(0.0).frequency.imag() == -infinite);
    CHECK(std::isfinite(DrudeBath(0.4, 2.0, 3.0).derivatives(0.0).frequency.imag()));
    CHECK(OhmicBath(0.0, 2.0, 3.0).derivatives(0.0).frequency.imag() == 0.0);
    CHECK(OhmicBath(0.4, infinite, 3.0).derivatives(0.5, false).numbers[1] == 0.0);
    CHECK_THROWS_AS(OhmicBath(0.4, infinite, 3.0).derivatives(0.5), std::invalid_argument);
}

TEST_CASE("the derivative in the exponent of an Ohmic bath is the transform of γ ln(|ω|/ω_c)") {
    const OhmicBath bath(0.4, 2.0, 3.0);
    const auto gamma = [&](double w) { return 2.0 * bath.exponent_derivative(w, false).real(); };
    for (const double w : {-1.3, 0.7, 5.0}) {
        CHECK(gamma(w) == doctest::Approx(bath.power_spectrum(w) * std::log(std::abs(w) / 2.0)));
        // (1/2π) ∫ [γ(ω − y) − γ(ω + y)]/y dy by the midpoint rule in ln y.
        double sum = 0.0;
        const double step = 1e-4;
        for (double x = std::log(1e-5); x < std::log(200.0); x += step)
            sum += step * (gamma(w - std::exp(x)) - gamma(w + std::exp(x)));
        CHECK(bath.exponent_derivative(w).imag() ==
              doctest::Approx(sum / 6.283185307179586).epsilon(1e-3));
    }
    CHECK(bath.exponent_derivative(0.0).real() == -infinite);
    CHECK(bath.exponent_derivative(0.0).imag() ==
          doctest::Approx(0.4 * 2.0 * 0.5772156649 / 6.283185307));
    CHECK(OhmicBath(0.4, 2.0, infinite).exponent_derivative(0.0).real() == 0.0);
    CHECK_THROWS_AS(OhmicBath(0.4, infinite, 3.0).exponent_derivative(0.5), std::invalid_argument);
}

TEST_CASE("a bath without derivatives says so") {
    const Bath bath = [](double w) { return Complex(1.0, w); };
    const double w = 0.5;
    CHECK_THROWS_WITH_AS(bath.derivatives(&w, 1), "the bath does not define derivatives",
                         std::invalid_argument);
}
