#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <redfield/redfield.hpp>
#include <vector>

#include "driven/matrix_panels.hpp"
#include "reference.hpp"

using redfield::ComplexMatrix;
using redfield::Frame;
using redfield::Index;
using redfield::RealMatrix;
using redfield::StateView;
using redfield::driven::MatrixPanels;
using redfield::driven::Moment;
using redfield::driven::PiecewisePolynomial;
using reference::random_hermitian;
using reference::random_state;
namespace driven = redfield::driven;

namespace {

/// X + xY of x in [−1, 1].
driven::TimeOperator line(const ComplexMatrix& x, const ComplexMatrix& y) {
    return {std::vector<ComplexMatrix>{x, y},
            PiecewisePolynomial({-1.0, 1.0}, {1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0}, 2, 4)};
}

/// u(t) = T₂(t/2 − 1), t in [0, 4].
PiecewisePolynomial control() { return {{0.0, 4.0}, {0.0, 0.0, 1.0}, 3, 1}; }

driven::Spectrum spectrum() { return {PiecewisePolynomial({-40.0, 40.0}, {0.2, 0.01}, 2, 1), 0.2, 0.0}; }

template <class Evolve>
RealMatrix last_state(Index n, const Evolve& evolve) {
    RealMatrix last;
    const RealMatrix start = redfield::pack(random_state(n, 7));
    evolve(StateView{start, Frame::given}, [&](Index, StateView state) { last = state.packed; });
    return last;
}

driven::Controlled controlled(Index n) {
    const redfield::Operators couplings{random_hermitian(n, 3), random_hermitian(n, 4)};
    return {driven::System(line(random_hermitian(n, 1), random_hermitian(n, 2)), couplings, {spectrum()},
                           {0, 0}),
            [](const redfield::System& at) { return std::make_shared<redfield::Redfield>(at); },
            [](const redfield::System& at) { return redfield::equation::one_sided(at, true); },
            control(),
            -1.0,
            1.0};
}

}  // namespace

TEST_CASE("a controlled equation is its generators at each moment") {
    driven::Options options;
    options.rtol = 1e-10;
    options.atol = 1e-12;
    for (const Index n : {1, 2, 5, 7, 34}) {
        driven::Controlled equation = controlled(n);
        const std::vector<double> times{0.0, n > 30 ? 0.5 : 4.0};
        const auto u = control();
        const driven::Drive drive{[&](const Moment& moment) {
            double at = 0.0;
            u.at(moment.t, &at);
            return equation.generator(equation.system.at(Moment(at)));
        }};
        const RealMatrix expected = last_state(n, [&](StateView start, const auto& observe) {
            driven::evolve(drive, start, times, options, observe);
        });
        const auto found = [&] {
            return last_state(n, [&](StateView start, const auto& observe) {
                driven::evolve(equation, start, times, options, observe);
            });
        };
        CHECK((found() - expected).norm() < 1e-9);
        equation.pair_equation = nullptr;
        CHECK((found() - expected).norm() < 1e-9);
        equation.max_bytes = 0.0;
        equation.pair_equation = controlled(n).pair_equation;
        CHECK((found() - expected).norm() < 1e-9);
    }
}

TEST_CASE("a controlled equation is refused where it is not one") {
    const auto evolve = [](const driven::Controlled& equation) {
        last_state(3, [&](StateView start, const auto& observe) {
            driven::evolve(equation, start, {0.0, 1.0}, {}, observe);
        });
    };
    driven::Controlled equation = controlled(3);
    equation.low = 1.0;
    CHECK_THROWS_WITH_AS(evolve(equation), doctest::Contains("between two different values"),
                         std::invalid_argument);
    equation = controlled(4);
    CHECK_THROWS_WITH_AS(evolve(equation), doctest::Contains("the state's dimension"),
                         std::invalid_argument);
    equation = controlled(3);
    equation.pair_equation = [](const redfield::System& at) {
        return redfield::equation::one_sided(at, true, 0.1);
    };
    CHECK_THROWS_WITH_AS(evolve(equation), doctest::Contains("separable"), std::invalid_argument);
    equation = controlled(3);
    equation.generator = [](const redfield::System&) {
        const redfield::SparseMatrix one = ComplexMatrix::Identity(3, 3).sparseView();
        return std::make_shared<redfield::LambdaGenerator>(redfield::lindblad(one, {one}));
    };
    CHECK_THROWS_WITH_AS(evolve(equation), doctest::Contains("have an eigenbasis"),
                         std::invalid_argument);
    equation = controlled(3);
    const ComplexMatrix h = random_hermitian(3, 1);
    equation.system = driven::System(driven::TimeOperator(3, [h](double u) { return u * u * h; }),
                                     redfield::SiteProjectors(3), {spectrum()}, {0, 0, 0});
    CHECK_THROWS_WITH_AS(evolve(equation), doctest::Contains("linear in u"), std::invalid_argument);
}

TEST_CASE("panels follow what is smooth and leave what is not") {
    long samples = 0;
    const auto panels = [&](double kink) {
        samples = 0;
        return MatrixPanels({2, 1, {-1.0, 1.0}, 1e-8}, [&samples, kink](double u, RealMatrix& out) {
            ++samples;
            out << std::exp(u), 1.0 + kink * std::abs(u - 0.3);
        });
    };
    MatrixPanels smooth = panels(0.0);
    double worst = 0.0;
    for (int i = 0; i <= 1000; ++i) {
        const double u = -1.0 + 0.002 * i;
        const RealMatrix* found = smooth.at(u);
        REQUIRE(found != nullptr);
        worst = std::max(worst, std::abs((*found)(0, 0) - std::exp(u)));
    }
    CHECK(worst < 1e-7);
    CHECK(samples <= 100);

    // At a kink there are none; elsewhere there are; and there are no more samples than calls and 64.
    MatrixPanels broken = panels(1.0);
    long missed = 0;
    worst = 0.0;
    for (int i = 0; i <= 4000; ++i) {
        const double u = -1.0 + 0.0005 * i;
        const RealMatrix* found = broken.at(u);
        if (found == nullptr)
            ++missed;
        else
            worst = std::max(worst, std::abs((*found)(1, 0) - 1.0 - std::abs(u - 0.3)));
    }
    CHECK(missed < 400);
    CHECK(worst < 1e-6);
    CHECK(samples < 4064 + 10);

    // Nothing to follow: panels give up.
    samples = 0;
    MatrixPanels noise({1, 1, {0.0, 1.0}, 1e-8, 1, 4.0}, [&](double u, RealMatrix& out) {
        ++samples;
        out << std::sin(1e9 * u);
    });
    for (int i = 0; i < 1000; ++i) CHECK(noise.at(0.001 * i) == nullptr);
    CHECK(samples * 4 <= 64 + 4 * 10);
}

TEST_CASE("no panel goes over an end of an interval, and where u stays the value is exact") {
    const auto pulse = [](double u) { return u > 0.4 && u < 0.41 ? 3.0 : 0.0; };
    MatrixPanels panels({1, 1, {0.0, 0.4, 0.41, 1.0}, 1e-8},
                        [&](double u, RealMatrix& out) { out << std::exp(u) + pulse(u); });
    for (const double u : {0.1, 0.7, 0.2, 0.9}) {
        REQUIRE(panels.at(u) != nullptr);
        CHECK((*panels.at(u))(0, 0) == doctest::Approx(std::exp(u)).epsilon(1e-7));
    }
    MatrixPanels narrow({1, 1, {0.0, 1.0}, 1e-8},
                        [&](double u, RealMatrix& out) { out << std::exp(u) + pulse(u); });
    const RealMatrix* last = nullptr;
    for (int i = 0; i < 5; ++i) last = narrow.at(0.405);
    REQUIRE(last != nullptr);
    CHECK((*last)(0, 0) == doctest::Approx(std::exp(0.405) + 3.0).epsilon(1e-12));
}
