#include <doctest/doctest.h>

#include "evolve/faber.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::SpectralBounds;
using redfield::integrators::Ellipse;
using redfield::integrators::faber_coefficients;
using redfield::integrators::OutputCost;
using redfield::integrators::Region;

namespace {

/// Σ b_k F_k(z) by the polynomials' own recurrence.
Complex expansion(const Ellipse& e, double tau, Complex z) {
    const auto b = faber_coefficients(e, tau, 1e-15);
    const Complex x = (z - e.centre) / e.radius();
    Complex before = 1.0, now = x, sum = b[0];
    for (std::size_t k = 1; k < b.size(); ++k) {
        sum += b[k] * now;
        const Complex next = x * now + (k == 1 ? 2.0 : 1.0) * e.q() * before;
        before = now;
        now = next;
    }
    return sum;
}

}  // namespace

TEST_CASE("the expansion is the exponential on flat, round and tall ellipses") {
    for (const double decay : {0.0, 1e-3, 0.1, 3.0, 40.0})
        for (const double height : {0.0, 0.5, 4.0, 60.0})
            for (const double tau : {0.0, 0.1, 2.0, 9.0}) {
                if (decay == 0.0 && height == 0.0) continue;
                const Ellipse e = Ellipse::around(SpectralBounds{height, decay}, 10.0, 12.0);
                const double t = std::min(tau, e.longest_step);
                for (const double x : {0.0, -0.3, -1.0})
                    for (const double y : {-1.0, 0.2, 1.0}) {
                        const Complex z(x * decay, y * height);
                        CHECK(std::abs(expansion(e, t, z) - std::exp(t * z)) < 1e-9);
                    }
            }
}

TEST_CASE("a flat ellipse gives Bessel functions") {
    const Ellipse flat = Ellipse::around(SpectralBounds{2.0, 0.0}, 100.0, 12.0);
    const auto b = faber_coefficients(flat, 5.0, 1e-14);
    for (std::size_t k = 0; k < 20; ++k)
        CHECK(b[k] == doctest::Approx(std::cyl_bessel_j(static_cast<double>(k), 10.0)).epsilon(1e-10));
}

TEST_CASE("terms needed are little more than the reach of the step") {
    const Ellipse e = Ellipse::around(SpectralBounds{4.0, 0.1}, 100.0, 12.0);
    const double reach = e.reach() * e.longest_step;
    CHECK(reach < 1.1 * 4.0 * e.longest_step);
    CHECK(static_cast<double>(faber_coefficients(e, e.longest_step, 1e-8).size()) < 1.25 * reach);
}

TEST_CASE("steps with many outputs are short, but no shorter than the time between two") {
    const double span = 100.0;
    const auto step_of = [&](std::size_t outputs, double application) {
        std::vector<double> times;
        for (std::size_t i = 0; i <= outputs; ++i)
            times.push_back(span * static_cast<double>(i) / static_cast<double>(outputs));
        return Ellipse::around(SpectralBounds{4.0, 0.1}, span, 12.0,
                               OutputCost::of(times, 256, application))
            .longest_step;
    };
    const double alone = Ellipse::around(SpectralBounds{4.0, 0.1}, span, 12.0).longest_step;
    CHECK(step_of(1, 3e3) == doctest::Approx(alone));
    CHECK(step_of(400, 3e3) < 0.3 * alone);
    CHECK(step_of(400, 3e3) >= span / 400.0);
    CHECK(step_of(4, 1e-3) >= span / 4.0);
    CHECK(step_of(400, 1e9) == doctest::Approx(alone));
    CHECK(OutputCost::of({2.0, 2.0}, 256, 3e3).term == 0.0);
    CHECK(OutputCost::of({2.0}, 256, 3e3).term == 0.0);
}

TEST_CASE(
    "what turns fast is damped as fast: the ellipse is small, and the expansion the exponential all the "
    "same") {
    const SpectralBounds box{46.0, 41.0};
    const Region wedge(box, 2.0, 35.0);
    const Ellipse small = Ellipse::around(wedge, 20.0, 10.0), large = Ellipse::around(box, 20.0, 10.0);
    CHECK(small.terms(20.0) < 0.7 * large.terms(20.0));
    for (const double t : {0.01, 0.3, small.longest_step})
        for (const Complex z : {Complex(0.0, 2.0), Complex(0.0, 0.0), Complex(-17.5, 24.0),
                                Complex(-35.0, -46.0), Complex(-41.0, 46.0), Complex(-41.0, 0.0)})
            CHECK(std::abs(expansion(small, t, z) - std::exp(t * z)) < 1e-9);
    Region wider = wedge;
    for (double height = 4.0; height < 46.0; height *= 2.0) {
        wider = wider.wider();
        CHECK(wider.undamped == height);
    }
    wider = wider.wider();
    CHECK(wider.knee == 0.0);
    CHECK(wider.box.half_height == 46.0);
    CHECK(wider.wider().box.half_height > 46.0);
}

TEST_CASE("a trapezoid is likely where damping is strong and lasts") {
    CHECK(Region::likely({90.0, 137.0}, 10.0).knee > 0.0);
    CHECK(Region::likely({90.0, 2.0}, 10.0).knee == 0.0);
    CHECK(Region::likely({90.0, 137.0}, 0.01).knee == 0.0);
    CHECK(Region::likely({0.0, 5.0}, 10.0).knee == 0.0);
    CHECK(Region::likely({5.0, 0.0}, 100.0).knee == 0.0);
}
