#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "base/launch.hpp"
#include "reference.hpp"

using namespace reference;
namespace base = redfield::base;

TEST_CASE("a team's parts cover a range once, and never outnumber the cores") {
    for (const int threads : {1, 2, 3, 8}) {
        std::vector<std::atomic<int>> visits(1000);
        std::atomic<int> parts{0};
        base::parallel_ranges(threads, 1000, [&](Index first, Index count) {
            ++parts;
            for (Index i = first; i < first + count; ++i) ++visits[static_cast<std::size_t>(i)];
        });
        for (const auto& visit : visits) CHECK(visit == 1);
        CHECK(parts <= std::min(threads, base::cores()));
    }
}

TEST_CASE("an empty range is nobody's part") {
    for (const int threads : {0, 1, 2, 8}) {
        std::atomic<int> calls{0};
        base::parallel_ranges(threads, 0, [&](Index, Index) { ++calls; });
        CHECK(calls == 0);
    }
}

TEST_CASE("what a part throws reaches the caller, and the next team works") {
    for (int round = 0; round < 20; ++round) {
        CHECK_THROWS_WITH_AS(
            base::parallel_ranges(2, 100,
                                  [&](Index first, Index) {
                                      if (first == (round % 2 == 0 ? 0 : 50) || base::cores() == 1)
                                          throw std::domain_error("part");
                                      for (int i = 0; i < 1000; ++i) base::poll();
                                  }),
            "part", std::domain_error);
        std::atomic<Index> sum{0};
        base::parallel_ranges(2, 100, [&](Index, Index count) { sum += count; });
        CHECK(sum == 100);
    }
}

TEST_CASE("parts whose thread can not be started are done by the calling thread") {
    for (const int available : {0, 1, 3, 7})
        for (const int parts : {1, 2, 5}) {
            int started = 0;
            const base::Launcher launcher = [&](std::function<void()> work) {
                if (started == available)
                    throw std::system_error(
                        std::make_error_code(std::errc::resource_unavailable_try_again));
                ++started;
                return std::thread(std::move(work));
            };
            std::vector<std::atomic<int>> visits(static_cast<std::size_t>(parts));
            std::atomic<int> here{0}, ended{0};
            const auto caller = std::this_thread::get_id();
            base::run_on_threads(
                parts,
                [&](int i) {
                    ++visits[static_cast<std::size_t>(i)];
                    if (std::this_thread::get_id() == caller) ++here;
                    // As the calling thread of a watched team does, part 0 waits for the others.
                    if (i == 0)
                        while (ended < parts - 1) std::this_thread::yield();
                    ++ended;
                },
                launcher);
            for (const auto& visit : visits) CHECK(visit == 1);
            CHECK(here == std::max(1, parts - available));
        }
}

TEST_CASE("teams do not nest, and callers share the cores") {
    base::run_team(2, [](int, int) {
        CHECK(base::resolve_threads(4, 1000) == 1);
        base::run_team(2, [](int, int parts) { CHECK(parts == 1); });
    });
    std::atomic<int> inside{0}, most{0};
    std::vector<std::thread> callers;
    for (int c = 0; c < 8; ++c)
        callers.emplace_back([&] {
            const base::Caller caller;
            for (int i = 0; i < 50; ++i)
                base::run_team(8, [&](int, int) {
                    const int now = ++inside;
                    int seen = most;
                    while (seen < now && !most.compare_exchange_weak(seen, now)) {
                    }
                    std::this_thread::yield();
                    --inside;
                });
        });
    for (auto& caller : callers) caller.join();
    // The first callers may have opened a team before the others came.
    CHECK(most <= 8 + base::cores());
}

TEST_CASE("a watch stops a team from its caller's part") {
    int polls = 0;
    const redfield::Monitor monitor = [&](double) { return ++polls < 10; };
    const base::Watch watch(monitor);
    CHECK_THROWS_AS(base::run_team(2,
                                   [](int, int) {
                                       for (int i = 0; i < 100000000; ++i) base::poll();
                                   }),
                    redfield::Interrupted);
}

TEST_CASE("one equation serves many threads at once") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w, 0.1); };
    const redfield::Redfield equation{
        redfield::System{random_hermitian(9, 80), redfield::SiteProjectors{9}, bath}};
    const ComplexMatrix rho = random_state(9, 81), expected = equation.apply(rho);
    std::vector<std::thread> threads;
    std::vector<double> errors(8, 1.0);
    for (std::size_t t = 0; t < errors.size(); ++t)
        threads.emplace_back([&, t] {
            double worst = 0.0;
            for (int i = 0; i < 20; ++i)
                worst = std::max(worst, (equation.apply(rho, 2) - expected).cwiseAbs().maxCoeff());
            errors[t] = worst;
        });
    for (auto& thread : threads) thread.join();
    for (const double error : errors) CHECK(error < 1e-14);
}

TEST_CASE("Bohr frequencies know the rounding of the energies") {
    RealVector near(4), far(4);
    near << 0.0, 0.1, 0.2, 0.2;
    far = near.array() + 1e6;
    CHECK(redfield::degeneracy_tol(far) > 1e-10);
    CHECK(redfield::degeneracy_tol(near) < 1e-13);
    CHECK(redfield::bohr_frequencies(far)(2, 3) == 0.0);
    CHECK(redfield::bohr_frequencies(far)(0, 1) != 0.0);
}
