#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <redfield/redfield.hpp>
#include <thread>

#include "reference.hpp"

using namespace reference;
namespace driven = redfield::driven;
namespace floquet = redfield::floquet;

namespace {

const double period = 1.3;

driven::TimeOperator drive(Index n) {
    const double omega = 2.0 * std::acos(-1.0) / period;
    return {n, [n, omega](double t) {
                return ComplexMatrix(random_hermitian(n, 40) +
                                     0.4 * std::cos(omega * t) * random_hermitian(n, 41));
            }};
}

std::vector<double> panels(int count) {
    std::vector<double> out;
    for (int k = 0; k <= count; ++k) out.push_back(period * k / count);
    return out;
}

/// γ/2 = rate at every frequency.
floquet::Contacts white(const floquet::Modes& modes, const ComplexMatrix& coupling, double rate) {
    const redfield::driven::PiecewisePolynomial half({-1e3, 1e3}, {rate}, 1, 1);
    return {floquet::harmonics(modes, {driven::TimeOperator(coupling)}), {{half, rate, 0.0}}, {0}};
}

template <class Equation, class... Rest>
ComplexMatrix last(const Equation& equation, const ComplexMatrix& rho0, double t, Rest... rest) {
    const RealMatrix start = redfield::pack(rho0);
    RealMatrix out;
    driven::Options options;
    options.rtol = options.atol = 1e-11;
    equation.evolve(
        {start, redfield::Frame::given}, {0.0, t}, options,
        [&](Index, redfield::StateView state) { out = state.packed; }, rest...);
    return redfield::unpack(out);
}

}  // namespace

TEST_CASE("a function of time is called by the calling thread alone") {
    const Index n = 3;
    const auto caller = std::this_thread::get_id();
    std::atomic<int> calls{0}, elsewhere{0};
    const auto watched = [&](unsigned seed) {
        return driven::TimeOperator(n, [&, seed](double t) {
            ++calls;
            if (std::this_thread::get_id() != caller) ++elsewhere;
            return ComplexMatrix(std::cos(2.0 * std::acos(-1.0) * t / period) *
                                 random_hermitian(n, seed));
        });
    };
    const floquet::Modes modes(watched(1), panels(8), 2);
    floquet::HarmonicsOptions options;
    options.threads = 2;
    const auto two = floquet::harmonics(modes, {watched(2), watched(3)}, options);
    CHECK(calls > 0);
    CHECK(elsewhere == 0);
    options.threads = 1;
    const auto one = floquet::harmonics(modes, {watched(2), watched(3)}, options);
    CHECK(one.most == two.most);
    for (std::size_t j = 0; j < 2; ++j)
        for (Index h = -one.most; h <= one.most; ++h) CHECK((one.at(j, h) - two.at(j, h)).norm() < 1e-14);
}

TEST_CASE("Floquet modes repeat and solve Schroedinger's equation") {
    const Index n = 5;
    const floquet::Modes modes(drive(n), panels(8));
    const ComplexMatrix one = ComplexMatrix::Identity(n, n);
    CHECK((modes.at(0.4).adjoint() * modes.at(0.4) - one).norm() < 1e-9);
    CHECK((modes.at(0.4) - modes.at(0.4 + 3.0 * period)).norm() < 1e-8);
    // iḞ = HF in the frame, by differences of fourth order.
    const double t = 0.7, h = 1e-3;
    const ComplexMatrix slope = (8.0 * (modes.frame(t + h) - modes.frame(t - h)) -
                                 modes.frame(t + 2 * h) + modes.frame(t - 2 * h)) /
                                (12.0 * h);
    const ComplexMatrix expected = Complex(0.0, -1.0) * drive(n).at(driven::Moment(t)) * modes.frame(t);
    CHECK((slope - expected).norm() < 1e-7);
    CHECK(modes.quasienergies().cwiseAbs().maxCoeff() <= std::acos(-1.0) / period * (1.0 + 1e-12));
    CHECK_THROWS_AS(floquet::Modes(drive(n), {0.0}), std::invalid_argument);
}

TEST_CASE("Floquet-Redfield of a white bath is Lindblad's equation") {
    const Index n = 4;
    const floquet::Modes modes(drive(n), panels(8));
    const ComplexMatrix a = random_matrix(n, 42);
    const floquet::Redfield equation(modes, white(modes, a, 0.05), true);
    const driven::Drive lindblad{[&](const driven::Moment& moment) {
        return std::make_shared<redfield::Redfield>(redfield::System(
            drive(n).at(moment), redfield::Operators{a}, [](double) { return Complex(0.05, 0.0); }));
    }};
    const RealMatrix start = redfield::pack(random_state(n, 43));
    RealMatrix expected;
    driven::Options options;
    options.rtol = options.atol = 1e-11;
    driven::evolve(lindblad, {start, redfield::Frame::given}, {0.0, 2.9}, options,
                   [&](Index, redfield::StateView state) { expected = state.packed; });
    const ComplexMatrix found = last(equation, random_state(n, 43), 2.9, 1e300, std::vector<double>{});
    CHECK((found - redfield::unpack(expected)).norm() < 1e-7);
}

TEST_CASE("Floquet-Davies of a constant Hamiltonian is Davies' equation") {
    const Index n = 4;
    const ComplexMatrix h = random_hermitian(n, 44), a = random_hermitian(n, 45);
    const floquet::Modes modes(driven::TimeOperator(h), panels(4));
    const floquet::Davies equation(modes, white(modes, a, 0.05), true, 1e-8);
    CHECK_FALSE(equation.degenerate());
    CHECK(equation.steady_states().size() == 1);
    const redfield::System system(h, redfield::Operators{a}, [](double) { return Complex(0.05, 0.0); });
    const redfield::Davies still(system);
    const auto expected = redfield::evolve(still, random_state(n, 46), {0.0, 3.7}).states.back();
    CHECK((last(equation, random_state(n, 46), 3.7) - expected).norm() < 1e-9);
    // In the order of quasi-energies, which are energies modulo the frequency.
    for (Index k = 0; k < n; ++k) {
        Index level = 0;
        (system.eigensystem().energies().array() - modes.energies()[k]).abs().minCoeff(&level);
        CHECK(equation.rates()(k, k) == doctest::Approx(still.rates().population(level, level)));
    }
    const RealVector columns = equation.rates().colwise().sum();
    CHECK(columns.norm() < 1e-14);
}

TEST_CASE("Floquet-Redfield within a cutoff lies between Davies' and Redfield's equation") {
    const Index n = 4;
    const floquet::Modes modes(drive(n), panels(8));
    // γ/2 = .05 + .01 ω, so that frequencies are told from each other.
    const redfield::driven::PiecewisePolynomial half({-1e2, 1e2}, {0.05, 1.0}, 2, 1);
    const floquet::Contacts contacts{
        floquet::harmonics(modes, {driven::TimeOperator(random_hermitian(n, 43))}),
        {{half, 0.05, 0.0}},
        {0}};
    const ComplexMatrix x =
        random_hermitian(n, 45) + redfield::Complex(0.0, 1.0) * random_hermitian(n, 46);
    const double t = 0.8;
    const ComplexMatrix v = modes.frame(t);

    const floquet::Davies davies(modes, contacts, false, 1e-9);
    const ComplexMatrix secular = v * davies.apply(v.adjoint() * x * v) * v.adjoint();
    const floquet::PartialSecular none(modes, contacts, false, 0.0, 1e-9);
    CHECK((none.dissipate(x, t) - secular).norm() < 1e-9 * secular.norm());

    const floquet::Redfield redfield(modes, contacts, false);
    const floquet::PartialSecular all(modes, contacts, false, 1e6, 1e-9);
    CHECK(all.terms() > none.terms());
    const ComplexMatrix rho0 = random_state(n, 47);
    CHECK((last(all, rho0, 2.0, 1e300) - last(redfield, rho0, 2.0, 1e300)).norm() < 1e-8);
    CHECK((last(none, rho0, 2.0, 1e300) - last(davies, rho0, 2.0)).norm() < 1e-8);

    CHECK_THROWS_AS(floquet::PartialSecular(modes, contacts, false, -1.0, 0.0), std::invalid_argument);
    CHECK_THROWS_AS(floquet::PartialSecular(modes, contacts, false, 1.0, 0.0, 100.0), std::length_error);
}

TEST_CASE("harmonics that do not end are told") {
    const driven::TimeOperator square(2, [](double t) {
        const double sign = t - period * std::floor(t / period) < 0.5 * period ? 1.0 : -1.0;
        return ComplexMatrix(sign * random_hermitian(2, 47) + random_hermitian(2, 48));
    });
    const floquet::Modes modes(square, panels(8));
    const std::vector<driven::TimeOperator> a{driven::TimeOperator(random_hermitian(2, 49))};
    floquet::HarmonicsOptions options;
    options.most = 64;
    CHECK_THROWS_AS(floquet::harmonics(modes, a, options), redfield::ConvergenceError);
    options.enough = true;
    const floquet::Harmonics found = floquet::harmonics(modes, a, options);
    CHECK(found.most == 64);
    CHECK(found.left > options.tol);
    options.max_bytes = 10.0;
    CHECK_THROWS_AS(floquet::harmonics(modes, a, options), std::length_error);
}
