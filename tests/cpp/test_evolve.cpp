#include <doctest/doctest.h>

#include "reference.hpp"

using namespace reference;
using redfield::Method;

TEST_CASE("every method follows the exponential of the dense generator, weak and strong dissipation") {
    for (const double strength : {0.02, 0.5, 20.0}) {
        const redfield::Bath bath = [=](double w) { return one_sided_gamma(w, strength); };
        const ComplexMatrix h = random_hermitian(5, 51), rho = random_state(5, 52);
        const redfield::Redfield equation{redfield::System{h, redfield::SiteProjectors{5}, bath}};
        const std::vector<double> times{0.5, 0.6, 2.0, 7.7};
        for (const Method method : {Method::chebyshev, Method::dopri5, Method::exponential}) {
            const auto out = redfield::evolve(equation, rho, times, with(method));
            for (std::size_t i = 0; i < times.size(); ++i) {
                const ComplexMatrix expected = evolve(
                    [&](const ComplexMatrix& x) { return redfield_rhs(h, projectors(5), {bath}, x); },
                    rho, times[i] - times[0]);
                CHECK(trace_norm(out.states[i] - expected) < (method == Method::dopri5 ? 2e-6 : 1e-8));
            }
        }
    }
}

TEST_CASE("the Chebyshev error stays below rtol over the whole interval") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w, 0.02); };
    const ComplexMatrix h = random_hermitian(6, 53), rho = random_state(6, 54);
    const redfield::Redfield equation{redfield::System{h, redfield::SiteProjectors{6}, bath}};
    const std::vector<double> times{0.0, 30.0, 60.0};
    const auto exact = redfield::evolve(equation, rho, times, with(Method::exponential));
    for (const double rtol : {1e-3, 1e-6, 1e-9}) {
        const auto out = redfield::evolve(equation, rho, times, with(Method::chebyshev, rtol));
        CHECK(trace_norm(out.states[2] - exact.states[2]) < rtol);
    }
}

TEST_CASE("a generator whose bounds are too small is noticed and widened") {
    struct Understated : redfield::Generator {
        explicit Understated(const redfield::Redfield& r) : Generator(r.eigensystem()), inner(r) {}
        void dissipate(const redfield::ConstRef& rho, redfield::MutableRef out,
                       redfield::linalg::Workspace& ws) const override {
            inner.dissipate(rho, out, ws);
        }
        redfield::SpectralBounds bounds() const override {
            const auto honest = inner.bounds();
            return {0.5 * honest.half_height, 0.3 * honest.decay};
        }
        const redfield::Redfield& inner;
    };
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w, 0.2); };
    const ComplexMatrix h = random_hermitian(5, 55), rho = random_state(5, 56);
    const redfield::Redfield honest{redfield::System{h, redfield::SiteProjectors{5}, bath}};
    const Understated understated(honest);
    const auto expected = redfield::evolve(honest, rho, {0.0, 20.0}, with(Method::exponential));
    const auto out = redfield::evolve(understated, rho, {0.0, 20.0}, with(Method::chebyshev));
    CHECK(out.stats.rejected > 0);
    CHECK(trace_norm(out.states[1] - expected.states[1]) < 1e-8);
}

TEST_CASE("the monitor stops every method") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w); };
    const redfield::Redfield equation{
        redfield::System{random_hermitian(4, 57), redfield::SiteProjectors{4}, bath}};
    for (const Method method : {Method::chebyshev, Method::dopri5, Method::exponential}) {
        auto options = with(method);
        int polls = 0;
        options.monitor = [&](double) { return ++polls < 3; };
        CHECK_THROWS_AS(redfield::evolve(equation, random_state(4, 58), {0.0, 1.0, 9.0, 50.0}, options),
                        redfield::Interrupted);
    }
}

TEST_CASE("bad times, states and tolerances are refused") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w); };
    const redfield::Redfield equation{
        redfield::System{random_hermitian(3, 59), redfield::SiteProjectors{3}, bath}};
    const ComplexMatrix rho = random_state(3, 60);
    const double nan = std::nan("");
    CHECK_THROWS_AS(redfield::evolve(equation, rho, {}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, rho, {1.0, 0.5}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, rho, {-1e308, 1.7e308}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, rho, {0.0, nan}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, random_state(4, 1), {0.0}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, nan * rho, {0.0}), std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, rho, {0.0, 1.0}, with(Method::closed_form)),
                    std::invalid_argument);
    CHECK_THROWS_AS(redfield::evolve(equation, rho, {0.0, 1.0}, with(Method::dopri5, -1.0)),
                    std::invalid_argument);
}
