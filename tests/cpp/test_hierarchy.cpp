#include <doctest/doctest.h>

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
