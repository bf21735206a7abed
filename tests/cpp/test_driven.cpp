#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <redfield/redfield.hpp>
#include <vector>

#include "reference.hpp"

using redfield::Complex;
using redfield::ComplexMatrix;
using redfield::Frame;
using redfield::Index;
using redfield::RealMatrix;
using redfield::StateView;
using redfield::driven::PiecewisePolynomial;
using reference::random_hermitian;
using reference::random_state;
namespace driven = redfield::driven;

namespace {

/// x on [−1, 2] as three pieces of four terms, with a jump by 1 at 1.
PiecewisePolynomial ramp() {
    std::vector<double> series;
    for (const double left : {-1.0, 0.0, 1.0}) {
        const double middle = left + 0.5 + (left == 1.0 ? 1.0 : 0.0);
        for (const double c : {middle, 0.5, 0.0, 0.0}) series.push_back(c);
    }
    return {{-1.0, 0.0, 1.0, 2.0}, series, 4, 1};
}

Complex bath(double w) { return {0.5 * 0.1 * (1.0 + 0.3 * std::tanh(w)), 0.02 * w}; }

RealMatrix last_state(const driven::Drive& drive, const ComplexMatrix& rho,
                      const std::vector<double>& times, driven::Options options) {
    RealMatrix last;
    const RealMatrix start = redfield::pack(rho);
    driven::evolve(drive, {start, Frame::given}, times, options,
                   [&](Index, StateView state) { last = state.packed; });
    return last;
}

ComplexMatrix h_at(double t) {
    ComplexMatrix h = random_hermitian(3, 95);
    h(0, 0) += std::sin(t);
    h(0, 1) += Complex(0.0, 0.3) * std::cos(2.0 * t);
    h(1, 0) = std::conj(h(0, 1));
    return h;
}

}  // namespace

TEST_CASE("pieces are their polynomials, from the right where they jump") {
    const PiecewisePolynomial f = ramp();
    for (const auto& [x, expected] :
         std::vector<std::pair<double, double>>{{-1.0, -1.0}, {0.3, 0.3}, {1.0, 2.0}, {2.0, 3.0}}) {
        double out = 0.0;
        f.at(x, &out);
        CHECK(out == doctest::Approx(expected).epsilon(1e-15));
    }
    double out = 0.0;
    CHECK_THROWS_WITH_AS(f.at(2.1, &out), doctest::Contains("known in [-1, 2]"), std::invalid_argument);
    CHECK_THROWS_AS(PiecewisePolynomial({1.0, 0.0}, {0.0}, 1, 1), std::invalid_argument);
    CHECK_THROWS_AS(PiecewisePolynomial({0.0, 1.0}, {0.0}, 2, 1), std::invalid_argument);
}

TEST_CASE("a driven evolution with a constant generator is the evolution") {
    const auto g = std::make_shared<redfield::Redfield>(
        redfield::System{random_hermitian(3, 95), redfield::SiteProjectors{3}, bath});
    const ComplexMatrix rho = random_state(3, 96);
    driven::Options options;
    options.rtol = options.atol = 1e-11;
    redfield::EvolveOptions tight;
    tight.rtol = tight.atol = 1e-11;
    const driven::Drive drive{[&](const driven::Moment&) { return g; }};
    const ComplexMatrix expected = redfield::evolve(*g, rho, {0.0, 4.0}, tight).states.back();
    for (const auto method : {driven::Method::dopri5, driven::Method::magnus}) {
        options.method = method;
        const RealMatrix last = last_state(drive, rho, {0.0, 1.0, 4.0}, options);
        CHECK((redfield::unpack(last) - expected).norm() < 1e-8);
    }
}

TEST_CASE("both methods agree with small steps of frozen generators") {
    const driven::TimeOperator h(3, h_at);
    const auto at = [&](const driven::Moment& moment) {
        return std::make_shared<redfield::Redfield>(
            redfield::System(h.at(moment), redfield::SiteProjectors(3), bath));
    };
    const ComplexMatrix rho = random_state(3, 97);
    // Midpoint exponentials, extrapolated.
    const auto midpoint = [&](int steps) {
        ComplexMatrix state = rho;
        const double dt = 3.0 / steps;
        for (int k = 0; k < steps; ++k)
            state = redfield::evolve(*at(driven::Moment((k + 0.5) * dt)), state, {0.0, dt}).states.back();
        return state;
    };
    const ComplexMatrix coarse = midpoint(400), fine = midpoint(800);
    const ComplexMatrix expected = fine + (fine - coarse) / 3.0;
    driven::Options options;
    options.rtol = 1e-9;
    options.atol = 1e-10;
    for (const auto method : {driven::Method::dopri5, driven::Method::magnus}) {
        options.method = method;
        const RealMatrix last = last_state({at, {1.0}}, rho, {0.0, 0.4, 1.0, 1.7, 3.0}, options);
        CHECK((redfield::unpack(last) - expected).norm() < 2e-7);
    }
}

TEST_CASE("a jump of the generator is no step's, where it is told") {
    // A phase that turns at 1 until t = 1 and at 5 from there on.
    const auto turning = [](double rate) {
        ComplexMatrix h = ComplexMatrix::Zero(2, 2);
        h(0, 0) = rate;
        return std::make_shared<redfield::Redfield>(
            redfield::System(h, redfield::Operators{ComplexMatrix::Zero(2, 2)}, bath));
    };
    const auto slow = turning(1.0), fast = turning(5.0);
    const driven::Drive drive{[&](const driven::Moment& m) { return m.t < 1.0 ? slow : fast; }, {1.0}};
    ComplexMatrix plus = ComplexMatrix::Constant(2, 2, 0.5);
    driven::Options options;
    options.rtol = options.atol = 1e-9;
    for (const auto method : {driven::Method::dopri5, driven::Method::magnus}) {
        options.method = method;
        const ComplexMatrix end = redfield::unpack(last_state(drive, plus, {0.0, 3.0}, options));
        CHECK(std::abs(end(0, 1) - 0.5 * std::exp(Complex(0.0, -11.0))) < 1e-7);
    }
}

TEST_CASE("a driven system is what its parts are at the time") {
    const ComplexMatrix h0 = random_hermitian(2, 3), h1 = random_hermitian(2, 4);
    const driven::TimeOperator h(
        std::vector<ComplexMatrix>{h0, h1},
        PiecewisePolynomial({0.0, 1.0}, {1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5, 0.0}, 2, 4));
    CHECK((h.at(driven::Moment(0.25)) - (h0 + 0.25 * h1)).norm() < 1e-14);
    const driven::Moment mean(0.2, 0.8, 1.5);
    CHECK((h.at(mean) - (h0 - 0.1 * h1)).norm() < 1e-14);
    const PiecewisePolynomial spectrum({-20.0, 20.0}, {0.05, 0.3, 0.0, 0.2}, 2, 2);
    const driven::System system(h, redfield::SiteProjectors(2), {{spectrum, 0.07, 0.4}}, {0, 0});
    const redfield::System now = system.at(driven::Moment(0.25));
    const redfield::RealVector& e = now.eigensystem().energies();
    const redfield::BathTable& table = now.baths().tables[0];
    CHECK(table.half_rate(0, 0) == 0.07);
    CHECK(table.lamb_shift(1, 1) == 0.4);
    CHECK(table.lamb_shift(0, 1) == doctest::Approx(0.3 + 0.2 * (e[1] - e[0]) / 20.0));
    const driven::System narrow(h, redfield::SiteProjectors(2),
                                {{PiecewisePolynomial({-1e-3, 1e-3}, {0.1}, 1, 1), 0.1, 0.0}}, {0, 0});
    const auto at = [&](const driven::Moment& moment) {
        return std::make_shared<redfield::Redfield>(narrow.at(moment));
    };
    CHECK_THROWS_WITH_AS(last_state({at}, random_state(2, 5), {0.25, 1.0}, {}),
                         doctest::Contains("at t = 0.25: a function that is known in"),
                         std::invalid_argument);
}

namespace {

/// a(t) e^{−((t − c)/w)²} as Chebyshev series of sixteen terms on pieces that are narrow near c.
PiecewisePolynomial gaussian(double amplitude, double centre, double width, double last) {
    std::vector<double> breaks{0.0};
    for (int k = -6; k <= 6; ++k) breaks.push_back(centre + 1.5 * width * k);
    breaks.push_back(last);
    constexpr int terms = 16;
    std::vector<double> series;
    for (std::size_t p = 0; p + 1 < breaks.size(); ++p)
        for (int k = 0; k < terms; ++k) {
            double real = 0.0;
            for (int i = 0; i < terms; ++i) {
                const double angle = EIGEN_PI * (i + 0.5) / terms;
                const double t = 0.5 * (breaks[p] + breaks[p + 1]) +
                                 0.5 * (breaks[p + 1] - breaks[p]) * std::cos(angle);
                const double x = (t - centre) / width;
                real += (k == 0 ? 1.0 : 2.0) / terms * amplitude * std::exp(-x * x) * std::cos(k * angle);
            }
            series.push_back(real);
            series.push_back(0.0);
        }
    return {breaks, series, terms, 2};
}

}  // namespace

TEST_CASE("steps do not pass over a pulse that its pieces tell of") {
    ComplexMatrix x = ComplexMatrix::Zero(2, 2);
    x(0, 1) = x(1, 0) = 1.0;
    for (const double width : {3.0, 0.4, 0.02}) {
        const double area = 0.9;  // an angle of 2·0.9 on the sphere
        const PiecewisePolynomial pulse =
            gaussian(area / (std::sqrt(EIGEN_PI) * width), 701.3, width, 1000.0);
        const driven::TimeOperator h(std::vector<ComplexMatrix>{x}, pulse);
        const driven::System system(h,
                                    redfield::Couplings(redfield::Operators{ComplexMatrix::Zero(2, 2)}),
                                    {{PiecewisePolynomial({-100.0, 100.0}, {0.1}, 1, 1), 0.1, 0.0}}, {0});
        const auto at = [&](const driven::Moment& moment) {
            return std::make_shared<redfield::Redfield>(system.at(moment));
        };
        ComplexMatrix rho = ComplexMatrix::Zero(2, 2);
        rho(0, 0) = 1.0;
        driven::Options options;
        for (const auto method : {driven::Method::dopri5, driven::Method::magnus}) {
            options.method = method;
            driven::Drive drive{at};
            drive.resolution = system.resolution({}, driven::Resolution::action_of(options));
            const RealMatrix last = last_state(drive, rho, {0.0, 1000.0}, options);
            CHECK(redfield::unpack(last)(1, 1).real() ==
                  doctest::Approx(std::pow(std::sin(area), 2)).epsilon(1e-4));
        }
    }
}

TEST_CASE("intervals of a resolution are as wide as a function lets them be") {
    const RealMatrix one = RealMatrix::Identity(2, 2);
    // The pulse's own pieces are kept near it and joined away from it; a small one is no feature.
    const driven::Resolution seen(gaussian(1.0, 50.0, 0.5, 100.0), one, {}, 1e-7);
    CHECK(seen.narrowest() < 4.0);
    CHECK(seen.grids().front().size() < 15);
    CHECK(seen.longest(0.0) > 10.0);
    CHECK(seen.longest(50.0) < 2.0);
    // A step ends where the pulse begins.
    const double until = seen.longest(40.0);
    CHECK(40.0 + until < 49.0);
    CHECK(driven::Resolution(gaussian(1e-9, 50.0, 0.5, 100.0), one, {}, 1e-7).narrowest() ==
          doctest::Approx(100.0));
    // None goes over a break.
    const driven::Resolution broken(gaussian(1e-9, 50.0, 0.5, 100.0), one, {30.0}, 1e-7);
    CHECK(broken.grids().front() == std::vector<double>{0.0, 30.0, 100.0});
    CHECK(std::isinf(driven::Resolution().longest(3.0)));
    CHECK_THROWS_AS(driven::Resolution({0.0, 1.0, 1.0}), std::invalid_argument);
    CHECK_THROWS_WITH_AS(PiecewisePolynomial({0.0, 1.0, 1.0}, {0.0, 0.0}, 1, 1),
                         doctest::Contains("breaks[1] = 1"), std::invalid_argument);
}

TEST_CASE("a memory's index vectors are checked") {
    const ComplexMatrix h = random_hermitian(2, 7);
    const Index n = driven::panel_points;
    const driven::CorrelationWeights none{ComplexMatrix::Zero(n, n), {}, {}, {}};
    const auto run = [&](Index length, Index bath, const driven::CorrelationWeights& history) {
        const driven::TimeConvolutionless memory{driven::TimeOperator(h),
                                                 {driven::TimeOperator(h)},
                                                 {bath},
                                                 {0.0, 1.0},
                                                 {length},
                                                 {{history}},
                                                 {},
                                                 1.0};
        const RealMatrix start = redfield::pack(random_state(2, 8));
        driven::evolve(memory, 1.0, {start, Frame::given}, {0.0, 1.0}, {}, [](Index, StateView) {});
    };
    CHECK_NOTHROW(run(0, 0, none));
    CHECK_THROWS_WITH_AS(run(1, 0, none), doctest::Contains("length_of_panel[0] = 1"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(run(-1, 0, none), doctest::Contains("length_of_panel[0] = -1"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(run(0, 5, none), doctest::Contains("bath_of_coupling[0] = 5"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(run(0, -1, none), doctest::Contains("bath_of_coupling[0] = -1"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(run(0, 0, {ComplexMatrix::Zero(2, 2), {}, {}, {}}),
                         doctest::Contains("points a panel"), std::invalid_argument);
    CHECK_THROWS_WITH_AS(
        driven::System(driven::TimeOperator(h), redfield::SiteProjectors(2),
                       {{PiecewisePolynomial({-1.0, 1.0}, {0.1}, 1, 1), 0.1, 0.0}}, {0, 1}),
        doctest::Contains("bath_of_coupling[1] = 1"), std::invalid_argument);
}
