#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "reference.hpp"

using namespace reference;

namespace {

using Function = std::function<double(double)>;

/// h(ω, ω') = (1/2π) ∫ ds [g(ω' − x) g(ω − x) − g(ω' + x) g(ω + x)], x = e^s.
double principal_value(const Function& gamma, double w, double v) {
    const auto g = [&](double x) { return std::sqrt(gamma(x)); };
    const auto f = [&](double s) {
        const double x = std::exp(s);
        return g(v - x) * g(w - x) - g(v + x) * g(w + x);
    };
    return simpson(f, std::log(1e-10), std::log(1e13), 60000) / (2.0 * pi);
}

/// Σ_j Σ_e h_j(E_c − E_e, E_a − E_e) (A_j)*_ea (A_j)_ec, A_j in the eigenbasis.
ComplexMatrix lamb_shift(const RealVector& energies, const std::vector<ComplexMatrix>& a,
                         const std::vector<Function>& gamma) {
    const Index n = energies.size();
    ComplexMatrix out = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < a.size(); ++j)
        for (Index e = 0; e < n; ++e)
            for (Index x = 0; x < n; ++x)
                for (Index y = 0; y < n; ++y)
                    out(x, y) +=
                        principal_value(gamma[j], energies[y] - energies[e], energies[x] - energies[e]) *
                        std::conj(a[j](e, x)) * a[j](e, y);
    return out;
}

const redfield::DrudeBath drude(0.1, 2.0, 1.5);
const redfield::LorentzianBath lorentzian(0.3, 0.5, 1.0);

}  // namespace

TEST_CASE("the universal Lindblad equation's Lamb shift is its double sum") {
    const Function of_drude = [](double w) { return drude.power_spectrum(w); };
    const Function of_mode = [](double w) { return lorentzian.power_spectrum(w); };
    const ComplexMatrix h = random_hermitian(3, 5), a = random_matrix(3, 6), b = random_hermitian(3, 7);
    const redfield::System system{h, redfield::Operators{a, b},
                                  std::vector<redfield::Bath>{drude, lorentzian}};
    const RealVector& energies = system.eigensystem().energies();
    const ComplexMatrix u = system.eigensystem().eigenvectors();
    const ComplexMatrix found = redfield::equation::universal_lamb_shift(system);
    const ComplexMatrix expected =
        lamb_shift(energies, {u.adjoint() * a * u, u.adjoint() * b * u}, {of_drude, of_mode});
    CHECK((found - expected).norm() < 1e-8);

    const redfield::System sites{h, redfield::SiteProjectors{3}, drude};
    std::vector<ComplexMatrix> projectors;
    for (Index s = 0; s < 3; ++s) projectors.emplace_back(u.row(s).adjoint() * u.row(s));
    CHECK((redfield::equation::universal_lamb_shift(sites) -
           lamb_shift(energies, projectors, {of_drude, of_drude, of_drude}))
              .norm() < 1e-8);

    // A function of one's own is the same bath, and the equation has it.
    const redfield::System own{h, redfield::SiteProjectors{3},
                               redfield::NumericBath{of_drude, {{0.0, 2.0}}}};
    const auto with_shift = [](const redfield::System& s) {
        return redfield::UniversalLindblad(s, redfield::equation::universal_lamb_shift(s));
    };
    const ComplexMatrix rho = random_state(3, 8);
    CHECK((with_shift(own).apply(rho) - with_shift(sites).apply(rho)).norm() < 1e-8);
    const redfield::System white{h, redfield::SiteProjectors{3}, redfield::FlatBath(0.3)};
    CHECK((with_shift(white).apply(rho) - redfield::UniversalLindblad(white).apply(rho)).norm() < 1e-14);
}

TEST_CASE("principal values at degenerate levels, zero temperature and one level") {
    const double inf = std::numeric_limits<double>::infinity();
    const redfield::OhmicBath cold(0.04, 10.0, inf);
    ComplexMatrix h = ComplexMatrix::Zero(3, 3);
    h(2, 2) = 1.0;
    const ComplexMatrix a = random_hermitian(3, 9);
    const redfield::System system{h, redfield::Operators{a}, cold};
    const ComplexMatrix u = system.eigensystem().eigenvectors();
    const ComplexMatrix expected = lamb_shift(system.eigensystem().energies(), {u.adjoint() * a * u},
                                              {[&](double w) { return cold.power_spectrum(w); }});
    // √γ ~ √ω at the edge costs Simpson's rule its digits.
    CHECK((redfield::equation::universal_lamb_shift(system) - expected).norm() < 2e-6);

    const redfield::System one{ComplexMatrix::Constant(1, 1, 3.0), redfield::SiteProjectors{1}, drude};
    CHECK(std::isfinite(redfield::equation::universal_lamb_shift(one)(0, 0).real()));
}

TEST_CASE("what a spectrum does not say is an error") {
    using redfield::NumericBath;
    const redfield::LorentzianBath narrow(0.2, 1e-3, 5.0);
    /// γ of a function and its features, whose η nobody asks for.
    struct Rates {
        Function gamma;
        std::vector<redfield::Feature> places;
        double power_spectrum(double w) const { return gamma(w); }
        double lamb_shift(double) const { return 0.0; }
        std::vector<redfield::Feature> features() const { return places; }
    };
    const auto shift = [](const redfield::Bath& bath) {
        return redfield::equation::universal_lamb_shift(
            redfield::System{random_hermitian(2, 10), redfield::SiteProjectors{2}, bath});
    };
    const Function mute = [&](double w) { return narrow.power_spectrum(w); };
    CHECK_THROWS_AS(shift(Rates{mute, {{0.0, 1.0}}}), redfield::ConvergenceError);
    CHECK_THROWS_AS(shift(Rates{[](double w) { return std::abs(w) < 50.0 ? 1.0 : -1.0; }, {{0.0, 1.0}}}),
                    std::invalid_argument);
    CHECK_THROWS_AS(shift([](double w) { return drude(w); }), std::invalid_argument);  // no features
    CHECK_THROWS_AS(shift(Rates{mute, {{0.0, 0.0}}}), std::invalid_argument);
    CHECK_THROWS_AS((NumericBath{mute, {}}), std::invalid_argument);
    CHECK_THROWS_AS((NumericBath{mute, {{0.0, 0.0}}}), std::invalid_argument);
    CHECK_THROWS_AS((NumericBath{mute, {{std::nan(""), 1.0}}}), std::invalid_argument);
}

TEST_CASE("an equation has the baths of its system, or says that it knows tables alone") {
    const redfield::System system{random_hermitian(3, 10), redfield::SiteProjectors{3}, drude};
    const redfield::System tables{system.eigensystem(), redfield::SiteProjectors{3},
                                  redfield::Baths{system.baths().tables, system.baths().of_coupling}};
    CHECK_NOTHROW(redfield::equation::universal_lamb_shift(system));
    CHECK_THROWS_AS(redfield::equation::universal_lamb_shift(tables), std::invalid_argument);
    CHECK_NOTHROW(redfield::CoarseGrained(system, 2.0));
    CHECK_THROWS_AS(redfield::CoarseGrained(tables, 2.0), std::invalid_argument);
    redfield::Baths one_too_many = system.baths();
    one_too_many.tabulated.push_back(drude);
    CHECK_THROWS_AS(system.with_baths(one_too_many), std::invalid_argument);
}

TEST_CASE("a Lamb shift whose integral diverges is refused, white noise has none") {
    const double inf = std::numeric_limits<double>::infinity();
    /// γ of a function without a Lamb shift, which varies about 0.
    struct Rates {
        Function gamma;
        double power_spectrum(double w) const { return gamma(w); }
        double lamb_shift(double) const { return 0.0; }
        std::vector<redfield::Feature> features() const { return {{0.0, 1.0}}; }
    };
    const auto shift = [](const Function& gamma) {
        const redfield::System system{random_hermitian(3, 21), redfield::SiteProjectors{3}, Rates{gamma}};
        return redfield::equation::universal_lamb_shift(system);
    };
    const auto refused = [&](const Function& gamma) {
        CHECK_THROWS_AS(shift(gamma), std::invalid_argument);
    };
    for (const double beta : {0.3, 5.0, inf}) {
        const redfield::OhmicBath endless(0.1, inf, beta);
        refused([&](double w) { return endless.power_spectrum(w); });
    }
    for (const double p : {0.4, 1.0, 2.0, 7.0, 20.0})
        refused([&](double w) { return w > 0.0 ? std::pow(1.0 + w, p) : 1.0; });
    refused([](double w) { return w > 0.0 ? 1.0 : 0.5; });
    refused([](double w) { return std::sqrt(1.0 + std::abs(w)); });
    refused([](double w) { return w > 0.0 ? 1.0 / (2.0 + std::log1p(w)) : 0.5; });
    const Function constant = [](double) { return 0.3; };
    CHECK(shift(constant).norm() < 1e-13);
}

TEST_CASE("each Bohr frequency is asked for once") {
    int calls = 0;
    const redfield::Bath counted = [&](double w) {
        ++calls;
        return drude(w);
    };
    const ComplexMatrix h = random_hermitian(7, 22);
    const redfield::System system{h, redfield::SiteProjectors{7}, counted};
    CHECK(calls == 7 * 6 + 1);
    const RealVector& e = system.eigensystem().energies();
    const redfield::BathTable& table = system.baths().tables[0];
    for (Index k = 0; k < 7; ++k)
        for (Index l = 0; l < 7; ++l) {
            const double w = k == l ? 0.0 : e[l] - e[k];
            CHECK(table.half_rate(k, l) == drude(w).real());
            CHECK(table.lamb_shift(k, l) == drude(w).imag());
        }
}

TEST_CASE("late correlations of a Drude bath are what the slowest term leaves, then nothing") {
    const auto slowest = [](double wc, double beta, double t) {
        const double nu = 2.0 * pi / beta;
        const Complex own = 0.1 * wc * wc / 4.0 * Complex(1.0 / std::tan(0.5 * beta * wc), -1.0);
        return own * std::exp(-wc * t) +
               0.1 * wc * wc / beta * nu * std::exp(-nu * t) / (nu * nu - wc * wc);
    };
    for (const auto& [wc, beta] : {std::pair{1.0, 10.0}, {50.0, 1.0}, {0.3, 2.0}, {7.0, 900.0}})
        for (const double late : {30.0, 300.0, 700.0, 1e3, 1e5, 1e12, 1e300}) {
            const double t = late / std::min(wc, 2.0 * pi / beta);
            const Complex found = redfield::DrudeBath(0.1, wc, beta).correlation(t);
            CHECK(std::isfinite(found.real()));
            CHECK(std::isfinite(found.imag()));
            CHECK(std::abs(found - slowest(wc, beta, t)) <= 1e-11 * std::abs(slowest(wc, beta, t)));
        }
    // −λω_c²/4π · 2/z² at zero temperature, to its own digits.
    const double inf = std::numeric_limits<double>::infinity();
    for (const double z : {1e5, 1e9, 1e100}) {
        const double expected = -0.1 * 9.0 / (2.0 * pi) / (z * z);
        const double found = redfield::DrudeBath(0.1, 3.0, inf).correlation(z / 3.0).real();
        CHECK(found == doctest::Approx(expected).epsilon(1e-8));
    }
}

TEST_CASE("correlation functions are the Fourier transforms of the spectra") {
    for (const double beta : {0.3, 5.0, std::numeric_limits<double>::infinity()}) {
        const redfield::OhmicBath ohmic(0.04, 3.0, beta);
        for (const double t : {0.0, 0.2, 1.7}) {
            const auto f = [&](double w) { return ohmic.power_spectrum(w) * std::polar(1.0, -w * t); };
            const Complex expected =
                (simpson(f, -150.0, -1e-12, 200000) + simpson(f, 1e-12, 150.0, 200000)) / (2.0 * pi);
            CHECK(std::abs(ohmic.correlation(t) - expected) < 1e-9);
        }
    }
    // Drude: by its poles, where the sum over them converges and none meets another.
    for (const double beta : {0.4, 1.5, 3.0, 40.0})
        for (const double t : {0.05, 0.3, 2.0, 15.0}) {
            const double wc = 2.0, wide = wc * beta / (2.0 * pi);
            Complex expected =
                0.1 * wc * wc / 4.0 * Complex(1.0 / std::tan(pi * wide), -1.0) * std::exp(-wc * t);
            for (int k = 1; k < 40000; ++k) {
                const double nu = 2.0 * pi * k / beta;
                expected += 0.1 * wc * wc / beta * nu * std::exp(-nu * t) / (nu * nu - wc * wc);
            }
            CHECK(std::abs(redfield::DrudeBath(0.1, wc, beta).correlation(t) - expected) < 1e-12);
        }
    // Poles that meet, and zero temperature, are limits.
    for (const double t : {1e-7, 0.01, 0.4, 3.0}) {
        for (const double k : {1.0, 2.0, 17.0, 60.0}) {
            const auto at = [&](double x) {
                return redfield::DrudeBath(0.1, 2.0, pi * k * x).correlation(t);
            };
            CHECK(std::abs(at(1.0) - 0.5 * (at(1.0 + 1e-6) + at(1.0 - 1e-6))) < 1e-10);
        }
        const double inf = std::numeric_limits<double>::infinity();
        const Complex cold = redfield::DrudeBath(0.1, 2.0, inf).correlation(t);
        CHECK(std::abs(redfield::DrudeBath(0.1, 2.0, 1e6).correlation(t) - cold) < 1e-11);
        CHECK(std::abs(redfield::DrudeBath(0.1, 2.0, 1e200).correlation(t) - cold) < 1e-15);
    }
    CHECK(std::isinf(drude.correlation(0.0).real()));
    CHECK(drude.correlation(-0.3) == std::conj(drude.correlation(0.3)));
    CHECK(std::abs(lorentzian.correlation(0.7) - 0.075 * std::exp(Complex(-0.35, -0.7))) < 1e-15);
    CHECK_THROWS_AS(
        redfield::OhmicBath(0.04, std::numeric_limits<double>::infinity(), 1.0).correlation(1.0),
        std::invalid_argument);
}

TEST_CASE("windowed transforms, whatever oscillates in them") {
    RealVector w(7);
    w << -300.0, -1.0, 0.0, 0.3, 2.0, 49.9, 1e5;
    for (const double centre : {1.0, 50.0})
        for (const double window : {1e-4, 0.3, 7.0, 4000.0}) {
            const redfield::LorentzianBath mode(0.2, 0.1, centre);
            const redfield::Windowed found = redfield::Bath(mode).windowed(w, window);
            for (Index k = 0; k < w.size(); ++k) {
                const Complex rate(0.1, -(w[k] - centre)), left = std::exp(-rate * window);
                const double size = std::min(window, 10.0), first = std::min(window, 100.0);
                CHECK(std::abs(found.value[k] - 0.01 * (1.0 - left) / rate) < 1e-12 * size);
                const Complex slope =
                    Complex(0.0, 0.01) * (1.0 - left * (1.0 + rate * window)) / (rate * rate);
                if (std::abs(rate * window) > 1e-2)
                    CHECK(std::abs(found.derivative[k] - slope) < 1e-11 * size * first);
            }
        }
    const redfield::OhmicBath ohmic(0.04, 3.0, 2.0);
    const redfield::Windowed found = redfield::Bath(ohmic).windowed(w.head(5), 2.5);
    for (Index k = 1; k < 5; ++k) {
        const auto f = [&](double t) { return ohmic.correlation(t) * std::polar(1.0, w[k] * t); };
        CHECK(std::abs(found.value[k] - simpson(f, 0.0, 2.5, 20000)) < 1e-11);
    }
}

TEST_CASE("the coarse-grained equation of a correlation function is that of its tables") {
    const Index n = 4;
    const redfield::System system{random_hermitian(n, 11), redfield::SiteProjectors{n}, lorentzian};
    const RealVector& energies = system.eigensystem().energies();
    const double window = 2.5;
    redfield::equation::WindowTable table{ComplexMatrix(n, n), ComplexMatrix(n, n)};
    for (Index k = 0; k < n; ++k)
        for (Index l = 0; l < n; ++l) {
            const Complex rate(0.5, -(energies[l] - energies[k] - 1.0)), left = std::exp(-rate * window);
            table.value(k, l) = 0.075 * (1.0 - left) / rate;
            table.derivative(k, l) =
                Complex(0.0, 0.075) * (1.0 - left * (1.0 + rate * window)) / (rate * rate);
        }
    const ComplexMatrix rho = random_state(n, 12);
    const redfield::CoarseGrained given(system, window, {table}), made(system, window);
    CHECK((given.apply(rho) - made.apply(rho)).norm() < 1e-12);

    const auto flat = redfield::equation::window_table(energies, redfield::FlatBath(0.4), window);
    CHECK(flat.value == ComplexMatrix::Constant(n, n, 0.2));
    CHECK(flat.derivative == ComplexMatrix::Zero(n, n));

    using redfield::CorrelationBath;
    const auto windowed = [&](auto c, double tau, double t) {
        return redfield::Bath(CorrelationBath{c, tau}).windowed(energies, t);
    };
    const auto decay = [](double t) { return Complex(std::exp(-t)); };
    const auto rough = [](double t) { return Complex(std::exp(-t) * (std::fmod(1e7 * t, 1.0) < 0.5)); };
    CHECK_THROWS_AS(windowed(rough, 1.0, 1.0), redfield::ConvergenceError);
    CHECK_THROWS_AS(windowed(decay, 1.0, 0.0), std::invalid_argument);
    CHECK_THROWS_AS(windowed([](double) { return Complex(std::nan("")); }, 1.0, 1.0),
                    std::invalid_argument);
    CHECK_THROWS_AS((CorrelationBath{decay, 0.0}), std::invalid_argument);
}
