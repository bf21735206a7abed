#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <redfield/hierarchy/fermionic.hpp>
#include <stdexcept>

#include "reference.hpp"

using namespace reference;

namespace {

/// A lead whose D(ω) = ΓW²/((ω − centre)² + W²) is empty or full: both functions have one exponential.
struct LorentzianLead {
    double strength, width, centre;
    bool full;

    redfield::Lead on(std::size_t coupling) const {
        redfield::Lead lead{coupling, coupling + 1, Eigen::VectorXcd::Zero(1), Eigen::VectorXcd::Zero(1),
                            Eigen::VectorXcd::Constant(1, Complex(width, centre))};
        (full ? lead.injected : lead.removed)[0] = 0.5 * strength * width;
        return lead;
    }
};

const std::vector<LorentzianLead> leads{{0.4, 1.5, 0.2, false}, {0.3, 0.8, -0.5, true}};

/// Modes of a level and of one damped mode for each lead, which it sees as the lead itself:
/// Ġ = −iMG + iGM† + diag(0, 2W of full leads), G_jk = ⟨a_k†a_j⟩.
struct DampedModes {
    ComplexMatrix m = ComplexMatrix::Zero(3, 3), gain = m;

    explicit DampedModes(double level) {
        m(0, 0) = level;
        for (Index b = 0; b < 2; ++b) {
            const LorentzianLead& lead = leads[static_cast<std::size_t>(b)];
            m(0, b + 1) = m(b + 1, 0) = std::sqrt(0.5 * lead.strength * lead.width);
            m(b + 1, b + 1) = Complex(lead.centre, -lead.width);
            if (lead.full) gain(b + 1, b + 1) = 2.0 * lead.width;
        }
    }
    /// G at t of a level that is full at first.
    ComplexMatrix at(double t) const {
        const Complex i(0.0, 1.0);
        ComplexMatrix start = ComplexMatrix::Zero(3, 3), full = start;
        start(0, 0) = 1.0;
        if (leads[1].full) start(2, 2) = 1.0;
        const auto rhs = [&](const ComplexMatrix& g) {
            return ComplexMatrix(-i * m * g + i * g * m.adjoint());
        };
        // G − G_∞ obeys the homogeneous equation.
        ComplexMatrix matrix(9, 9);
        for (Index e = 0; e < 9; ++e) {
            full.setZero();
            full(e % 3, e / 3) = 1.0;
            matrix.col(e) = rhs(full).reshaped();
        }
        const Eigen::VectorXcd flat = gain.reshaped();
        const ComplexMatrix settled = matrix.lu().solve(-flat).reshaped(3, 3);
        if (std::isinf(t)) return settled;
        return settled + evolve(rhs, start - settled, t);
    }
    /// Particles that lead b gives.
    double current(const ComplexMatrix& g, Index b) const {
        return 2.0 * std::imag(m(0, b + 1) * g(b + 1, 0));
    }
};

redfield::System level_between(double level) {
    ComplexMatrix h = ComplexMatrix::Zero(2, 2), a = h;
    h(1, 1) = level;
    a(0, 1) = 1.0;
    const ComplexMatrix other = a.adjoint();
    return {h, redfield::Operators{a, other, a, other}, bath};
}

}  // namespace

TEST_CASE("a level between an empty and a full lead is exact at depth 2") {
    const redfield::System system = level_between(0.3);
    const DampedModes modes(0.3);
    for (const int depth : {2, 3}) {
        const redfield::FermionicHierarchy hierarchy(system, {leads[0].on(0), leads[1].on(2)}, depth);
        CHECK(hierarchy.planes() == (depth == 2 ? 11 : 15));
        RealMatrix start = RealMatrix::Zero(2, 2);
        start(1, 1) = 1.0;
        const std::vector<double> times{0.0, 0.6, 2.5};
        for (const auto method : {redfield::Method::chebyshev, redfield::Method::dopri5}) {
            RealMatrix last;
            redfield::hierarchy::evolve(
                hierarchy, redfield::hierarchy::uncorrelated(hierarchy, start), times,
                with(method, 1e-10),
                [&](Index i, const redfield::StateView& state) {
                    const ComplexMatrix g = modes.at(times[static_cast<std::size_t>(i)]);
                    CHECK(std::abs(state.packed(1, 1) - g(0, 0).real()) < 1e-8);
                },
                &last);
            const auto forces = redfield::hierarchy::bath_forces(hierarchy, last);
            for (Index b = 0; b < 2; ++b)
                CHECK(std::abs(2.0 * forces[static_cast<std::size_t>(2 * b)](0, 1).imag() -
                               modes.current(modes.at(2.5), b)) < 1e-7);
        }
        const auto steady = redfield::hierarchy::steady_state(hierarchy);
        const ComplexMatrix g = modes.at(std::numeric_limits<double>::infinity());
        CHECK(steady.unique);
        CHECK(std::abs(steady.state(1, 1).real() - g(0, 0).real()) < 1e-10);
        const auto forces = redfield::hierarchy::bath_forces(hierarchy, steady.vector);
        CHECK(std::abs(2.0 * forces[0](0, 1).imag() - modes.current(g, 0)) < 1e-9);
        CHECK(std::abs(forces[0](0, 1).imag() + forces[2](0, 1).imag()) < 1e-10);
    }
}

TEST_CASE("what is not of fermions is refused") {
    const redfield::System system = level_between(0.3);
    const std::vector<redfield::Lead> good{leads[0].on(0), leads[1].on(2)};
    const auto make = [](const redfield::System& s, const std::vector<redfield::Lead>& given,
                         int depth = 2, double bytes = 1e300) {
        return redfield::FermionicHierarchy(s, given, depth, bytes);
    };
    CHECK_THROWS_AS(make(system, good, 0), std::invalid_argument);
    CHECK_THROWS_AS(make(system, {}), std::invalid_argument);
    CHECK_THROWS_AS(make(system, {good[0]}), std::invalid_argument);
    CHECK_THROWS_AS(make(system, {good[0], good[0]}), std::invalid_argument);
    CHECK_THROWS_AS(make(system, good, 2, 100.0), std::length_error);
    std::vector<redfield::Lead> other = good;
    other[0].rates[0] = Complex(-1.0, 0.0);
    CHECK_THROWS_AS(make(system, other), std::invalid_argument);
    other[0].rates.resize(2);
    CHECK_THROWS_AS(make(system, other), std::invalid_argument);
    // A coupling that is not the adjoint, an H that is not even, and a coherent start.
    other = good;
    other[0].injection = 2;
    other[1].removal = 1;
    CHECK_THROWS_AS(make(system, other), std::invalid_argument);
    const ComplexMatrix h = random_hermitian(2, 3);
    CHECK_THROWS_AS(make({h, system.couplings(), bath}, good), std::invalid_argument);
    CHECK_THROWS_AS(
        redfield::hierarchy::uncorrelated(make(system, good), RealMatrix::Constant(2, 2, 0.5)),
        std::invalid_argument);
}
