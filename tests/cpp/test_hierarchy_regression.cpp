#include <doctest/doctest.h>

#include <Eigen/LU>
#include <algorithm>
#include <redfield/hierarchy/evolve.hpp>
#include <redfield/hierarchy/regression.hpp>
#include <redfield/hierarchy/spectrum.hpp>
#include <redfield/hierarchy/steady_state.hpp>
#include <redfield/redfield.hpp>

#include "hierarchy_reference.hpp"

using namespace reference;

namespace {

/// The stationary vector of a dense hierarchy, of trace 1.
Eigen::VectorXcd stationary(const DenseHierarchy& dense) {
    const Eigen::VectorXcd v = null_vector(dense.matrix);
    const ComplexMatrix rho = Eigen::Map<const ComplexMatrix>(v.data(), dense.n, dense.n);
    return v / rho.trace();
}

/// BρC of each operator of a vector.
Eigen::VectorXcd acted(const DenseHierarchy& dense, const ComplexMatrix& b, const Eigen::VectorXcd& y,
                       const ComplexMatrix& c) {
    Eigen::VectorXcd out(y.size());
    const Index size = dense.n * dense.n;
    for (Index m = 0; m < dense.operators; ++m) {
        const Eigen::Map<const ComplexMatrix> rho(y.data() + m * size, dense.n, dense.n);
        Eigen::Map<ComplexMatrix>(out.data() + m * size, dense.n, dense.n) = b * rho * c;
    }
    return out;
}

Complex trace_of(const DenseHierarchy& dense, const ComplexMatrix& a, const Eigen::VectorXcd& y) {
    return (a * Eigen::Map<const ComplexMatrix>(y.data(), dense.n, dense.n)).trace();
}

ComplexMatrix operator_without_symmetry(Index n, int seed) {
    return random_hermitian(n, seed) + Complex(0.0, 1.0) * random_hermitian(n, seed + 1);
}

}  // namespace

TEST_CASE("two-time functions of a hierarchy are those of its dense matrix") {
    for (const HierarchyCase& c : hierarchy_cases())
        for (const int depth : {1, 2}) {
            CAPTURE(depth);
            const Index n = c.h.rows();
            const redfield::System system = system_of(c.h, c.couplings);
            const redfield::Hierarchy hierarchy(system, example_baths(), depth);
            const DenseHierarchy dense(c.h, c.matrices, example_terms(), depth);
            const ComplexMatrix a = operator_without_symmetry(n, 20),
                                b = operator_without_symmetry(n, 22),
                                after = operator_without_symmetry(n, 24);
            const auto steady = redfield::hierarchy::steady_state(hierarchy);
            CHECK(steady.unique);
            const Eigen::VectorXcd y = stationary(dense);

            const auto parts = redfield::hierarchy::multiplied(hierarchy, steady.vector, b, after);
            redfield::EvolveOptions options;
            options.rtol = 1e-10;
            options.atol = 1e-12;
            const std::vector<double> times{0.0, 0.4, 1.7};
            std::vector<Complex> found(times.size());
            for (const auto& [factor, part] :
                 {std::pair<Complex, RealMatrix>(1.0, parts.first), {Complex(0.0, 1.0), parts.second}})
                redfield::hierarchy::evolve(
                    hierarchy, part, times, options, [&](Index i, const redfield::StateView& state) {
                        const ComplexMatrix x = redfield::unpack(
                            system.eigensystem().in_frame(redfield::Frame::given, state, 1));
                        found[static_cast<std::size_t>(i)] += factor * (a * x).trace();
                    });
            const Eigen::VectorXcd start = acted(dense, b, y, after);
            for (std::size_t i = 0; i < times.size(); ++i)
                CHECK(std::abs(found[i] - trace_of(dense, a, dense.evolved(start, times[i]))) < 1e-7);

            const ComplexMatrix one = ComplexMatrix::Identity(n, n);
            auto decaying = redfield::hierarchy::multiplied(hierarchy, steady.vector, b, one);
            decaying.first -= decaying.first.leftCols(n).trace() * steady.vector;
            decaying.second -= decaying.second.leftCols(n).trace() * steady.vector;
            const Eigen::VectorXcd whole = acted(dense, b, y, one);
            const Eigen::VectorXcd right = whole - trace_of(dense, one, whole) * y;
            const std::vector<Complex> z{{0.0, -2.0}, {0.0, 0.3}, {0.2, 0.9}, {0.0, 1.5}};
            const auto resolved = redfield::hierarchy::resolvent_trace(hierarchy, a, decaying, z);
            for (std::size_t i = 0; i < z.size(); ++i) {
                ComplexMatrix shifted = -dense.matrix;
                shifted.diagonal().array() += z[i];
                const Eigen::VectorXcd x = shifted.partialPivLu().solve(right);
                CHECK(std::abs(resolved.values[i] - trace_of(dense, a, x)) < 1e-7);
            }
        }
}

TEST_CASE("a dephasing hierarchy remembers a state that was there before the operator") {
    // The baths' influence on levels a = ±½ of σᶻ/2, on a path that is |1⟩⟨1| until t and |0⟩⟨1| for τ
    // after, is exp(−∫₀^τ(τ − s)Re C(s)ds + i∫ds∫ds' Im C(s − s')), s' before t, s after.
    ComplexMatrix h = ComplexMatrix::Zero(2, 2);
    h(0, 0) = 0.6;
    h(1, 1) = -0.6;
    const ComplexMatrix a = ComplexMatrix(h / 1.2);
    const auto bath = example_baths()[0];
    const redfield::Hierarchy hierarchy(system_of(h, redfield::Operators{a}), {bath}, 9);
    ComplexMatrix ground = ComplexMatrix::Zero(2, 2), raise = ground;
    ground(1, 1) = raise(0, 1) = 1.0;
    redfield::EvolveOptions options;
    options.rtol = 1e-10;
    options.atol = 1e-12;
    const auto nothing = [](Index, const redfield::StateView&) {};
    const double t = 1.1, tau = 1.6;
    RealMatrix waited;
    const redfield::Eigensystem& eigen = hierarchy.system().eigensystem();
    const RealMatrix packed = redfield::pack(ground);
    const RealMatrix start = eigen.in_frame(hierarchy.frame(), {packed, redfield::Frame::given}, 1);
    redfield::hierarchy::evolve(hierarchy, redfield::hierarchy::uncorrelated(hierarchy, start), {0.0, t},
                                options, nothing, &waited);
    const auto parts =
        redfield::hierarchy::multiplied(hierarchy, waited, raise, ComplexMatrix::Identity(2, 2));
    Complex found = 0.0;
    for (const auto& [factor, part] :
         {std::pair<Complex, RealMatrix>(1.0, parts.first), {Complex(0.0, 1.0), parts.second}})
        redfield::hierarchy::evolve(
            hierarchy, part, {0.0, tau}, options, [&](Index i, const redfield::StateView& state) {
                if (i == 1)
                    found +=
                        factor * redfield::unpack(eigen.in_frame(redfield::Frame::given, state, 1))(0, 1);
            });
    Complex once = 0.0, twice = 0.0;
    for (Index k = 0; k < 2; ++k) {
        const Complex c = bath.coefficients[k], rate = bath.rates[k];
        const Complex gone = 1.0 - std::exp(-rate * tau);
        once += c * (tau / rate - gone / (rate * rate));
        twice += c * gone * (1.0 - std::exp(-rate * t)) / (rate * rate);
    }
    const Complex expected = std::exp(Complex(-once.real(), twice.imag()) - Complex(0.0, 1.2 * tau));
    CHECK(std::abs(twice.imag()) > 0.01);
    CHECK(std::abs(found - expected) < 1e-7);
}

TEST_CASE("what the baths do to the state of a hierarchy is the sum of its first tier") {
    for (const HierarchyCase& c : hierarchy_cases()) {
        const Index n = c.h.rows(), size = n * n;
        const redfield::System system = system_of(c.h, c.couplings);
        const redfield::Hierarchy hierarchy(system, example_baths(), 2);
        const DenseHierarchy dense(c.h, c.matrices, example_terms(), 2);
        const auto steady = redfield::hierarchy::steady_state(hierarchy);
        const auto forces = redfield::hierarchy::bath_forces(hierarchy, steady.vector);
        const Eigen::VectorXcd y = stationary(dense);
        std::vector<ComplexMatrix> expected(2, ComplexMatrix::Zero(n, n));
        for (std::size_t k = 0; k < example_terms().size(); ++k)
            expected[example_terms()[k].coupling] +=
                Eigen::Map<const ComplexMatrix>(y.data() + (static_cast<Index>(k) + 1) * size, n, n);
        REQUIRE(forces.size() == 2);
        for (std::size_t j = 0; j < 2; ++j) CHECK((forces[j] - expected[j]).norm() < 1e-8);

        // ρ̇ = −i[H, ρ] − iΣ[A, S] along an evolution, against differences in time.
        const RealMatrix rho = redfield::pack(random_state(n, 9));
        const RealMatrix start = redfield::hierarchy::uncorrelated(
            hierarchy,
            system.eigensystem().in_frame(hierarchy.frame(), {rho, redfield::Frame::given}, 1));
        redfield::EvolveOptions options;
        options.rtol = 1e-11;
        options.atol = 1e-12;
        const double step = 1e-3;
        std::vector<ComplexMatrix> states, changes;
        redfield::hierarchy::evolve(
            hierarchy, start, {0.0, 0.8 - step, 0.8, 0.8 + step}, options,
            [&](Index, const redfield::StateView& state) {
                states.push_back(
                    redfield::unpack(system.eigensystem().in_frame(redfield::Frame::given, state, 1)));
            },
            nullptr,
            [&](Index, const RealMatrix& planes) {
                const auto s = redfield::hierarchy::bath_forces(hierarchy, planes);
                ComplexMatrix change = ComplexMatrix::Zero(n, n);
                for (std::size_t j = 0; j < s.size(); ++j)
                    change += c.matrices[j] * s[j] - s[j] * c.matrices[j];
                changes.push_back(change);
            });
        REQUIRE(changes.size() == 4);
        CHECK(changes[0].norm() < 1e-14);
        const ComplexMatrix turned =
            Complex(0.0, -1.0) * (c.h * states[2] - states[2] * c.h + changes[2]);
        CHECK(((states[3] - states[1]) / (2.0 * step) - turned).norm() < 1e-5);
    }
}

TEST_CASE("the slow modes of a hierarchy are the eigenvalues of its dense matrix") {
    for (const HierarchyCase& c : hierarchy_cases())
        for (const int depth : {1, 2, 4}) {  // of depth 4 by Arnoldi's method
            CAPTURE(depth);
            const redfield::Hierarchy hierarchy(system_of(c.h, c.couplings), example_baths(), depth);
            const DenseHierarchy dense(c.h, c.matrices, example_terms(), depth);
            const auto found = redfield::hierarchy::spectrum(hierarchy, 4);
            CHECK(found.complete == (depth < 4));
            const std::vector<Complex> sorted = eigenvalues(dense.matrix);
            const Eigen::Map<const Eigen::VectorXcd> all(sorted.data(),
                                                         static_cast<Index>(sorted.size()));
            for (std::size_t i = 0; i < 4; ++i) {
                CHECK((all.array() - found.eigenvalues[i]).abs().minCoeff() < 1e-7);
                CHECK(std::abs(std::abs(found.eigenvalues[i]) - std::abs(sorted[i])) < 1e-7);
                CHECK(std::abs(found.modes[i].norm() - 1.0) < 1e-9);
            }
            const auto steady = redfield::hierarchy::steady_state(hierarchy);
            const ComplexMatrix slowest = found.modes[0] / found.modes[0].trace();
            CHECK((slowest - steady.state).norm() < 1e-7);
        }
}

TEST_CASE("a hierarchy has as many steady states as H and its couplings have conserved quantities") {
    // Two blocks of two levels, turned so that nothing is diagonal.
    const Index n = 4;
    const ComplexMatrix u = diagonalise(random_hermitian(n, 31)).vectors;
    ComplexMatrix h = ComplexMatrix::Zero(n, n), a = h, b = h, p = h;
    for (const Index at : {Index{0}, Index{2}}) {
        h.block(at, at, 2, 2) = random_hermitian(2, 40 + static_cast<int>(at));
        a.block(at, at, 2, 2) = 0.4 * random_hermitian(2, 50 + static_cast<int>(at));
        b.block(at, at, 2, 2) = 0.4 * random_hermitian(2, 60 + static_cast<int>(at));
    }
    p(0, 0) = p(1, 1) = 1.0;
    for (ComplexMatrix* x : {&h, &a, &b, &p}) *x = u * *x * u.adjoint();
    const redfield::Hierarchy hierarchy(system_of(h, redfield::Operators{a, b}), example_baths(), 2);
    try {
        redfield::hierarchy::steady_state(hierarchy);
        FAIL("there are two");
    } catch (const redfield::MultipleSteadyStates& several) {
        CHECK(several.count() == 2);
        REQUIRE(several.states().size() == 2);
        CHECK(std::abs((several.states()[0] * several.states()[1]).trace()) < 1e-9);
    }
    const ComplexMatrix rho = random_state(n, 70);
    const auto steady = redfield::hierarchy::steady_state(hierarchy, rho);
    CHECK_FALSE(steady.unique);
    CHECK(std::abs((p * steady.state).trace() - (p * rho).trace()) < 1e-9);
    const RealMatrix given = redfield::pack(rho);
    const RealMatrix start = redfield::hierarchy::uncorrelated(
        hierarchy,
        hierarchy.system().eigensystem().in_frame(hierarchy.frame(), {given, redfield::Frame::given}, 1));
    redfield::EvolveOptions options;
    options.rtol = 1e-9;
    ComplexMatrix late;
    redfield::hierarchy::evolve(
        hierarchy, start, {0.0, 2000.0}, options, [&](Index, const redfield::StateView& state) {
            late = redfield::unpack(
                hierarchy.system().eigensystem().in_frame(redfield::Frame::given, state, 1));
        });
    CHECK((late - steady.state).norm() < 1e-5);
}
