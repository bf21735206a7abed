#include <doctest/doctest.h>

#include <redfield/hierarchy/batch.hpp>
#include <redfield/hierarchy/driven.hpp>
#include <redfield/hierarchy/evolve.hpp>
#include <redfield/hierarchy/steady_state.hpp>
#include <redfield/redfield.hpp>

#include "hierarchy_reference.hpp"

using namespace reference;

TEST_CASE("a hierarchy evolves and settles as its equation written out with dense matrices does") {
    for (const HierarchyCase& c : hierarchy_cases())
        for (const int depth : {0, 1, 2}) {
            CAPTURE(depth);
            const redfield::System system = system_of(c.h, c.couplings);
            std::vector<redfield::Exponentials> baths = example_baths();
            std::vector<Complex> remainders(2, 0.0);
            if (depth == 2) {
                remainders = {{0.1, 0.05}, {0.2, -0.1}};
                for (std::size_t j = 0; j < 2; ++j) baths[j].remainder = remainders[j];
            }
            const redfield::Hierarchy hierarchy(system, baths, depth);
            const DenseHierarchy dense(c.h, c.matrices, example_terms(), depth, remainders);
            CHECK(hierarchy.planes() == dense.operators);
            const ComplexMatrix rho = random_state(c.h.rows(), 9);
            const RealMatrix given = redfield::pack(rho);
            const RealMatrix start = redfield::hierarchy::uncorrelated(
                hierarchy,
                system.eigensystem().in_frame(hierarchy.frame(), {given, redfield::Frame::given}, 1));
            for (const auto method : {redfield::Method::chebyshev, redfield::Method::dopri5}) {
                redfield::EvolveOptions options;
                options.method = method;
                options.rtol = 1e-9;
                options.atol = 1e-11;
                redfield::hierarchy::evolve(
                    hierarchy, start, {0.0, 0.7, 2.5}, options,
                    [&](Index i, const redfield::StateView& state) {
                        const double t = std::vector<double>{0.0, 0.7, 2.5}[static_cast<std::size_t>(i)];
                        const ComplexMatrix found = redfield::unpack(
                            system.eigensystem().in_frame(redfield::Frame::given, state, 1));
                        CHECK((found - dense.evolved(rho, t)).norm() < 1e-7);
                    });
            }
            if (depth == 0) continue;
            const auto steady = redfield::hierarchy::steady_state(hierarchy);
            CHECK((steady.state - dense.steady_state()).norm() < 1e-9);
            CHECK((steady.state - dense.steady_state()).norm() <= steady.error + 1e-12);
        }
}

TEST_CASE("a hierarchy with H(t) and couplings of a drive is that of the operators it is given") {
    const std::vector<double> times{0.0, 0.7, 2.5};
    const redfield::driven::PiecewisePolynomial one({0.0, 1.3, 2.5}, {1.0, 0.0, 1.0, 0.0}, 1, 2);
    for (const HierarchyCase& c : hierarchy_cases())
        for (const int way : {0, 1, 2}) {
            CAPTURE(way);
            const bool moving = way == 2;
            // The hierarchy itself is of another H and, where they are given as functions, of equal
            // couplings.
            const auto n = c.h.rows();
            const redfield::Couplings couplings =
                moving ? redfield::Couplings(redfield::Operators{c.matrices[0], c.matrices[0]})
                       : c.couplings;
            // A difference that is diagonal, sparse or dense is added in ways of its own.
            ComplexMatrix other = moving ? random_hermitian(n, 31) : c.h;
            if (!moving && way == 0) other.diagonal().array() += Eigen::ArrayXd::LinSpaced(n, 0.0, 1.0);
            if (!moving && way == 1) other.row(0).setZero(), other.col(0).setZero();
            const redfield::System system = system_of(other, couplings);
            const redfield::Hierarchy hierarchy(system, example_baths(), 2, 1e300, 0.0, moving);
            redfield::hierarchy::Drive drive{redfield::driven::TimeOperator({c.h}, one), {}, {1.3}};
            if (moving)
                for (const ComplexMatrix& a : c.matrices)
                    drive.couplings.emplace_back(std::vector<ComplexMatrix>{a}, one);
            const DenseHierarchy dense(c.h, c.matrices, example_terms(), 2);
            const ComplexMatrix rho = random_state(n, 9);
            const RealMatrix start = redfield::hierarchy::uncorrelated(
                hierarchy, system.eigensystem().in_frame(
                               hierarchy.frame(), {redfield::pack(rho), redfield::Frame::given}, 1));
            redfield::IntegrationOptions options;
            options.rtol = 1e-9;
            options.atol = 1e-11;
            RealMatrix last;
            redfield::hierarchy::evolve(
                hierarchy, drive, start, times, options,
                [&](Index i, const redfield::StateView& state) {
                    const ComplexMatrix found =
                        redfield::unpack(system.eigensystem().in_frame(redfield::Frame::given, state, 1));
                    CHECK((found - dense.evolved(rho, times[static_cast<std::size_t>(i)])).norm() < 1e-7);
                },
                &last);
            CHECK(last.cols() == n * hierarchy.planes());
            drive.hamiltonian = redfield::driven::TimeOperator(ComplexMatrix::Identity(n + 1, n + 1));
            CHECK_THROWS_AS(redfield::hierarchy::evolve(hierarchy, drive, start, times, options,
                                                        [](Index, const redfield::StateView&) {}),
                            std::invalid_argument);
        }
}

TEST_CASE("members of a batch are the hierarchies that each is") {
    const HierarchyCase c = hierarchy_cases()[1];
    const Index n = c.h.rows();
    const std::vector<double> times{0.0, 1.5};
    const redfield::EigensystemBatch eigensystems(
        3, n, [&](std::size_t i) -> ComplexMatrix { return (1.0 + static_cast<double>(i)) * c.h; });
    redfield::BatchTable table;
    table.half_rate = RealMatrix::Constant(n * (n - 1) + 1, 1, 0.5);
    const redfield::SystemBatch systems(
        3, eigensystems, {redfield::Couplings(redfield::Operators(c.matrices.begin(), c.matrices.end()))},
        {table}, {0, 0});
    const ComplexMatrix rho = random_state(n, 9);
    for (const bool same : {true, false}) {
        const redfield::hierarchy::Members members{{2, 0}, {example_baths()}, same, 2};
        ComplexMatrix final_states(n, 2 * n), steady_states(n, 2 * n);  // of transposed states
        redfield::BatchRecord record;
        record.final_states = final_states.data();
        redfield::EvolveOptions options;
        options.rtol = 1e-9;
        redfield::hierarchy::HierarchyStats stats;
        const auto errors =
            redfield::hierarchy::evolve_batch(systems, members, {rho}, times, options, record, stats);
        redfield::SteadyBatchRecord steady;
        steady.states = steady_states.data();
        const auto others = redfield::hierarchy::steady_batch(systems, members, {}, steady);
        for (const Index k : {0, 1}) {
            CHECK(!errors[static_cast<std::size_t>(k)]);
            CHECK(!others[static_cast<std::size_t>(k)]);
            const DenseHierarchy dense((k == 0 ? 3.0 : 1.0) * c.h, c.matrices, example_terms(), 2);
            const ComplexMatrix reached = final_states.middleCols(n * k, n).transpose();
            CHECK((reached - dense.evolved(rho, 1.5)).norm() < 1e-7);
            const ComplexMatrix settled = steady_states.middleCols(n * k, n).transpose();
            CHECK((settled - dense.steady_state()).norm() < 1e-8);
        }
        CHECK(stats.planes == redfield::Hierarchy(systems[0], example_baths(), 2).planes());
    }
    const redfield::hierarchy::Members none{{7}, {example_baths()}, true, 2};
    CHECK_THROWS_AS(redfield::hierarchy::steady_batch(systems, none, {}, {}), std::invalid_argument);
}
