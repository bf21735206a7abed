#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <redfield/redfield.hpp>

using namespace redfield;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const std::vector<double> frequencies{-300.0, -3.0, -0.4, 0.0, 0.7, 2.0, 5.0, 4e4};
const std::vector<double> times{0.0, 1e-3, 0.2, 1.0, 7.0};

/// J(ω) = λω e^{−ω/ω_c}.
NumericBath::Function ohmic_density(double strength, double cutoff) {
    return [=](const double* w, double* j, Index count) {
        for (Index k = 0; k < count; ++k) j[k] = strength * w[k] * std::exp(-w[k] / cutoff);
    };
}

}  // namespace

TEST_CASE("η and C of a spectral density by quadrature are the closed forms") {
    for (const double beta : {0.1, 5.0, infinity}) {
        const OhmicBath exact(0.1, 3.0, beta);
        const double width = std::isinf(beta) ? 3.0 : std::min(3.0, 4.0 / beta);
        const NumericBath bath = NumericBath::thermal(
            {ohmic_density(0.1, 3.0), beta, std::isinf(beta) ? 0.0 : 0.1 / beta, 3.0}, {{0.0, width}});
        const double rate = exact.power_spectrum(1.0);
        for (const double w : frequencies) {
            CHECK(bath.power_spectrum(w) == doctest::Approx(exact.power_spectrum(w)));
            CHECK(std::abs(bath.lamb_shift(w) - exact.lamb_shift(w)) <
                  bath.lamb_shift_error() + 1e-12 * rate);
        }
        const double size = std::abs(exact.correlation(0.0));
        for (const double t : times)
            CHECK(std::abs(bath.correlation(t) - exact.correlation(t)) < 1e-12 * size);
    }
}

TEST_CASE("η of a power spectrum of one's own: Lorentzian, Dawson's function, white noise") {
    const LorentzianBath exact(0.3, 0.5, 1.0);
    const NumericBath bath{[&](double w) { return exact.power_spectrum(w); }, {{1.0, 0.5}}};
    for (const double w : frequencies) CHECK(std::abs(bath.lamb_shift(w) - exact.lamb_shift(w)) < 1e-12);
    // Many frequencies are interpolated.
    std::vector<double> many, eta(5000);
    for (int k = 0; k < 5000; ++k) many.push_back(-8.0 + 0.003 * k);
    bath.lamb_shift(many.data(), eta.data(), 5000);
    for (std::size_t k = 0; k < many.size(); ++k)
        CHECK(std::abs(eta[k] - exact.lamb_shift(many[k])) < bath.lamb_shift_error());
    const NumericBath white{
        [](const double*, double* gamma, Index count) { std::fill_n(gamma, count, 0.4); }, {{0.0, 1.0}}};
    CHECK(std::abs(white.lamb_shift(3.0)) < 1e-13);
    CHECK_THROWS_AS(white.correlation(1.0), std::invalid_argument);
    const NumericBath rising{[](const double* w, double* gamma, Index count) {
                                 for (Index k = 0; k < count; ++k) gamma[k] = std::sqrt(std::abs(w[k]));
                             },
                             {{0.0, 1.0}}};
    CHECK_THROWS_AS(rising.lamb_shift(1.0), std::invalid_argument);
}

TEST_CASE(
    "a band that ends abruptly: η is infinite at its jumps, and windows are taken over frequencies") {
    // γ = 1 on [−2, 1]: η = ln|(ω + 2)/(ω − 1)|/2π, C = (e^{2it} − e^{−it})/2πit.
    const double pi = std::acos(-1.0);
    const NumericBath bath{[](const double* w, double* gamma, Index count) {
                               for (Index k = 0; k < count; ++k)
                                   gamma[k] = w[k] >= -2.0 && w[k] <= 1.0 ? 1.0 : 0.0;
                           },
                           {{-2.0, 1.0}, {1.0, 1.0}},
                           {true, true}};
    CHECK(bath.lamb_shift(1.0) == infinity);
    CHECK(bath.lamb_shift(-2.0) == -infinity);
    for (const double w : {-3.0, 0.2, 1.5})
        CHECK(bath.lamb_shift(w) ==
              doctest::Approx(std::log(std::abs((w + 2.0) / (w - 1.0))) / (2.0 * pi)));
    const Complex i(0.0, 1.0);
    CHECK(std::abs(bath.correlation(0.5) - (std::exp(i) - std::exp(-0.5 * i)) / (pi * i)) < 1e-13);
    const RealVector w = RealVector::LinSpaced(5, -2.5, 1.5);
    const Windowed over_times =
        Bath(CorrelationBath{[&](double t) { return bath.correlation(t); }, 0.3}).windowed(w, 150.0);
    const Windowed over_frequencies = bath.windowed(w, 150.0);
    CHECK((over_times.value - over_frequencies.value).norm() < 1e-9);
    CHECK((over_times.derivative - over_frequencies.derivative).norm() < 1e-7);
    CHECK_THROWS_AS(bath.windowed(w, infinity), ConvergenceError);
}

TEST_CASE("Γ of a correlation function of one's own") {
    for (const double beta : {0.5, infinity}) {
        const OhmicBath exact(0.1, 3.0, beta);
        const CorrelationBath bath([&](double t) { return exact.correlation(t); }, exact.time_scale());
        for (const double w : {-3.0, -0.4, 0.0, 0.7, 5.0})
            CHECK(std::abs(bath(w) - exact(w)) < std::max(bath.lamb_shift_error(), 1e-12));
        CHECK(bath.correlation(-0.3) == std::conj(bath.correlation(0.3)));
    }
    const CorrelationBath endless([](double) { return Complex(1.0); }, 1.0);
    CHECK_THROWS_AS(endless.lamb_shift(0.0), ConvergenceError);
}

TEST_CASE("an underdamped bath: its closed form is the transform of its spectral density") {
    for (const double damping : {0.2, 5.0, 2.6})
        for (const double beta : {0.1, 3.0, infinity}) {
            const double frequency = 1.3, strength = 0.1;
            const UnderdampedBath bath(strength, frequency, damping, beta);
            const NumericBath integrated{[&](const double* w, double* gamma, Index count) {
                                             bath.power_spectrum(w, gamma, count);
                                         },
                                         {{-frequency, 0.2},
                                          {0.0, std::isinf(beta) ? 0.2 : std::min(0.2, 4.0 / beta)},
                                          {frequency, 0.2}}};
            for (const double w : {-3.0, -0.4, 0.0, 0.7, 1.3, 5.0})
                CHECK(std::abs(bath.lamb_shift(w) - integrated.lamb_shift(w)) <
                      bath.lamb_shift_error() + 1e-9 * bath.power_spectrum(frequency));
        }
    CHECK_THROWS_WITH(UnderdampedBath(1.0, 0.0, 1.0, 1.0),
                      "UnderdampedBath: frequency must be finite and positive, got 0");
}

TEST_CASE("numeric baths say what is wrong with what they are given") {
    const NumericBath::Function none,
        zero = [](const double*, double* gamma, Index count) { std::fill_n(gamma, count, 0.0); };
    CHECK_THROWS_AS((NumericBath{none, {{0.0, 1.0}}}), std::invalid_argument);
    CHECK_THROWS_AS((NumericBath{zero, {}}), std::invalid_argument);
    CHECK_THROWS_AS((NumericBath{zero, {{0.0, 0.0}}}), std::invalid_argument);
    CHECK_THROWS_AS(NumericBath::thermal({zero, 0.0, 0.0, 1.0}, {{0.0, 1.0}}), std::invalid_argument);
    CHECK_THROWS_AS(NumericBath::thermal({zero, 1.0, 0.0, 1.0, 0.1}, {{0.0, 1.0}}),
                    std::invalid_argument);
    const NumericBath rough{[](const double* w, double* gamma, Index count) {
                                for (Index k = 0; k < count; ++k)
                                    gamma[k] = std::exp(-w[k] * w[k]) * (1.5 + std::sin(1e9 * w[k]));
                            },
                            {{0.0, 1.0}}};
    CHECK_THROWS_AS(rough.lamb_shift(0.3), ConvergenceError);
}
