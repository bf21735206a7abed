#include <doctest/doctest.h>

#include <memory>

#include "reference.hpp"

using namespace reference;

TEST_CASE("an ensemble gives, for any number of threads, what its members give alone") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w, 0.1); };
    const std::vector<double> times{0.0, 1.0, 10.0};
    std::vector<std::unique_ptr<redfield::Redfield>> equations;
    for (unsigned s = 0; s < 6; ++s)
        equations.push_back(std::make_unique<redfield::Redfield>(
            redfield::System{random_hermitian(7, 60 + s), redfield::SiteProjectors{7}, bath}));
    const ComplexMatrix rho = random_state(7, 70);
    redfield::EvolveOptions options;
    options.method = redfield::Method::chebyshev;
    for (const int threads : {1, 2, 4}) {
        options.threads = threads;
        std::vector<RealMatrix> last(equations.size());
        std::vector<redfield::EnsembleMember> members;
        for (std::size_t i = 0; i < equations.size(); ++i)
            members.push_back({equations[i].get(), rho,
                               [&last, i](Index, redfield::StateView state) { last[i] = state.packed; }});
        double told = -1.0;
        options.monitor = [&told](double fraction) {
            CHECK(fraction >= told);  // of the whole, whatever a member tells of itself
            told = fraction;
            return true;
        };
        redfield::evolve_ensemble(members, times, options);
        CHECK(told <= 1.0);
        for (std::size_t i = 0; i < equations.size(); ++i) {
            auto one_thread = options;
            one_thread.monitor = {};
            one_thread.threads = 1;
            const auto alone = redfield::evolve(*equations[i], rho, times, one_thread);
            const ComplexMatrix out =
                redfield::unpack(equations[i]->eigensystem().from_eigenbasis(last[i], 1));
            CHECK((out - alone.states[2]).norm() == 0.0);
        }
    }
}

TEST_CASE("a member that fails is reported and the others are solved; a stop flag ends the work") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w); };
    const redfield::Redfield equation{
        redfield::System{random_hermitian(3, 71), redfield::SiteProjectors{3}, bath}};
    const ComplexMatrix good = random_state(3, 72);
    std::vector<redfield::EnsembleMember> members(3,
                                                  {&equation, good, [](Index, redfield::StateView) {}});
    for (const int threads : {1, 2}) {
        redfield::EvolveOptions stopping;
        stopping.threads = threads;
        stopping.monitor = [](double) { return false; };
        CHECK_THROWS_AS(redfield::evolve_ensemble(members, {0.0, 1.0}, stopping), redfield::Interrupted);
    }
    members[1].rho0 = ComplexMatrix::Zero(2, 2);
    for (const int threads : {1, 2}) {
        redfield::EvolveOptions options;
        options.threads = threads;
        const auto outcome = redfield::evolve_ensemble(members, {0.0, 1.0}, options);
        CHECK(outcome.errors[0] == nullptr);
        CHECK(outcome.errors[2] == nullptr);
        CHECK(outcome.stats[2].applications + outcome.stats[2].steps > 0);
        REQUIRE(outcome.errors[1] != nullptr);
        CHECK_THROWS_AS(std::rethrow_exception(outcome.errors[1]), std::invalid_argument);
    }
}
