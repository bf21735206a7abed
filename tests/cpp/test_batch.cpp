#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <memory>

#include "reference.hpp"

using namespace reference;

namespace {

/// γ and η of one bath at the frequencies of a batch, whatever they are.
redfield::BatchTable table_of(const redfield::EigensystemBatch& eigensystems,
                              const redfield::Bath& bath) {
    RealMatrix w(eigensystems.frequencies(), static_cast<Index>(eigensystems.size()));
    eigensystems.bohr_frequencies(w.data());
    redfield::BatchTable table{w, w};
    for (Index i = 0; i < w.size(); ++i) {
        const Complex value = bath(w.data()[i]);
        table.half_rate.data()[i] = value.real();
        table.lamb_shift.data()[i] = value.imag();
    }
    return table;
}

redfield::SystemBatch some_batch(std::size_t size, Index n) {
    const auto hamiltonian = [n](std::size_t i) {
        return random_hermitian(n, 80 + static_cast<unsigned>(i));
    };
    redfield::EigensystemBatch eigensystems(size, n, hamiltonian);
    auto tables = std::vector<redfield::BatchTable>{table_of(eigensystems, bath)};
    redfield::Operators operators{random_hermitian(n, 90)};
    return {size, std::move(eigensystems), {operators}, std::move(tables), {0}};
}

redfield::Kind redfields() {
    return [](const redfield::System& system, std::size_t) {
        return std::make_shared<const redfield::Redfield>(system);
    };
}

}  // namespace

TEST_CASE("members of a batch are what they are alone, on any number of threads") {
    const std::size_t size = 9;
    const Index n = 4;
    const auto batch = some_batch(size, n);
    const std::vector<double> times{0.0, 0.5, 3.0};
    const ComplexMatrix rho = random_state(n, 91), o = random_hermitian(n, 92);
    for (const int threads : {1, 2}) {
        std::vector<Complex> expectations(size * 3), states(size * 3 * 16), last(size * 16);
        redfield::BatchRecord record;
        record.observables = {o};
        record.expectations = expectations.data();
        record.stride = size;
        record.states = states.data();
        record.final_states = last.data();
        redfield::EvolveOptions options;
        options.threads = threads;
        redfield::EvolveStats totals;
        const auto errors =
            redfield::evolve_batch(batch, redfields(), {rho}, times, options, record, totals);
        CHECK(totals.applications > 0);
        for (std::size_t i = 0; i < size; ++i) {
            CHECK(errors[i] == nullptr);
            const redfield::Redfield alone{
                redfield::System{random_hermitian(n, 80 + static_cast<unsigned>(i)),
                                 redfield::Operators{random_hermitian(n, 90)}, bath}};
            const auto solved = redfield::evolve(alone, rho, times);
            for (std::size_t t = 0; t < 3; ++t) {
                const Eigen::Map<const ComplexMatrix> state(&states[(i * 3 + t) * 16], n, n);
                CHECK((state.transpose() - solved.states[t]).norm() < 1e-12);
                CHECK(std::abs(expectations[i * 3 + t] - (o * solved.states[t]).trace()) < 1e-12);
            }
            CHECK((Eigen::Map<const ComplexMatrix>(&last[i * 16], n, n).transpose() - solved.states[2])
                      .norm() < 1e-12);
        }
    }
}

TEST_CASE("steady states of a batch; a member that fails does not end the others") {
    const std::size_t size = 5;
    const Index n = 3;
    const auto batch = some_batch(size, n);
    const redfield::Kind kind = [](const redfield::System& system, std::size_t i) {
        if (i == 2) throw std::invalid_argument("not this one");
        return std::make_shared<const redfield::Redfield>(system);
    };
    std::vector<Complex> states(size * 9);
    std::vector<double> residuals(size);
    redfield::SteadyBatchRecord record;
    record.states = states.data();
    record.residuals = residuals.data();
    const auto errors = redfield::steady_batch(batch, kind, {}, record);
    for (std::size_t i = 0; i < size; ++i) {
        if (i == 2) {
            REQUIRE(errors[i] != nullptr);
            CHECK_THROWS_AS(std::rethrow_exception(errors[i]), std::invalid_argument);
            continue;
        }
        const auto alone = redfield::steady_state(redfield::Redfield{batch[i]});
        CHECK((Eigen::Map<const ComplexMatrix>(&states[i * 9], n, n).transpose() - alone.state).norm() <
              1e-12);
        CHECK(residuals[i] < 1e-12);
    }
    CHECK_THROWS_AS(batch[size], std::invalid_argument);
    redfield::SteadyOptions stopping;
    stopping.monitor = [](double) { return false; };
    CHECK_THROWS_AS(redfield::steady_batch(batch, redfields(), stopping, record), redfield::Interrupted);
}

TEST_CASE("a Hamiltonian that can not be diagonalised is its member's error") {
    const auto hamiltonian = [](std::size_t i) -> ComplexMatrix {
        ComplexMatrix h = random_hermitian(3, 95);
        if (i == 1) h(0, 1) = std::numeric_limits<double>::quiet_NaN();
        return h;
    };
    const redfield::EigensystemBatch eigensystems(3, 3, hamiltonian);
    CHECK_THROWS_AS(eigensystems[1], std::invalid_argument);
    CHECK(eigensystems[2].dimension() == 3);
    RealMatrix w(eigensystems.frequencies(), 3);
    eigensystems.bohr_frequencies(w.data());
    CHECK(w.col(1).norm() == 0.0);
    CHECK(w.col(2).norm() > 0.0);
}

TEST_CASE("systems that differ in their baths share what they have in common") {
    const Index n = 5;
    const ComplexMatrix h = random_hermitian(n, 96), a = random_hermitian(n, 97),
                        rho = random_state(n, 98);
    const redfield::System cold{h, redfield::Operators{a}, bath};
    const redfield::Bath other = [](double w) { return one_sided_gamma(w, 0.7); };
    redfield::Baths baths;
    baths.tables.emplace_back(cold.eigensystem().energies(), other);
    baths.of_coupling = {0};
    const redfield::Redfield changed{cold.with_baths(baths)};
    const redfield::Redfield alone{redfield::System{h, redfield::Operators{a}, other}};
    CHECK((changed.apply(rho) - alone.apply(rho)).norm() < 1e-13);
    CHECK((changed.apply(rho) - redfield_rhs(h, {a}, {other}, rho)).norm() < 1e-12);
    baths.of_coupling = {0, 0};
    CHECK_THROWS_AS(cold.with_baths(baths), std::invalid_argument);
}

TEST_CASE("the Ohmic bath: detailed balance, the sum rule of its Lamb shift, Kramers and Kronig") {
    for (const double beta : {0.1, 1.0, 30.0}) {
        const redfield::OhmicBath ohmic(0.04, 3.0, beta);
        CHECK(ohmic.power_spectrum(0.0) == doctest::Approx(0.04 / beta));
        for (const double w : {0.3, 2.0, 11.0})
            CHECK(ohmic.power_spectrum(-w) ==
                  doctest::Approx(std::exp(-beta * w) * ohmic.power_spectrum(w)).epsilon(1e-12));
        CHECK(ohmic.lamb_shift(0.0) == doctest::Approx(-0.04 * 3.0 / (2.0 * std::acos(-1.0))));
        // η(ω) = (1/2π) ∫₀^∞ dx [γ(ω − x) − γ(ω + x)]/x, by the midpoint rule in ln x.
        for (const double w : {-4.0, -0.2, 0.7, 9.0}) {
            double sum = 0.0;
            const double step = 1e-4;
            for (double u = std::log(1e-8); u < std::log(1e4); u += step) {
                const double x = std::exp(u + 0.5 * step);
                sum += step * (ohmic.power_spectrum(w - x) - ohmic.power_spectrum(w + x));
            }
            CHECK(ohmic.lamb_shift(w) == doctest::Approx(sum / (2.0 * std::acos(-1.0))).epsilon(1e-6));
        }
    }
    CHECK_THROWS_AS(redfield::OhmicBath(-1.0, 1.0, 1.0), std::invalid_argument);
    CHECK_THROWS_AS(redfield::OhmicBath(1.0, 0.0, 1.0), std::invalid_argument);
    CHECK_THROWS_AS(redfield::OhmicBath(1.0, 1.0, -1.0), std::invalid_argument);
    const redfield::OhmicBath endless(1.0, std::numeric_limits<double>::infinity(), 1.0);
    CHECK_THROWS_AS(endless.lamb_shift(1.0), std::invalid_argument);
}

TEST_CASE("the statistics of a batch do not depend on who finishes last") {
    const std::size_t size = 12;
    const auto batch = some_batch(size, 3);
    // Davies' members have a closed form, Redfield's do not; the last one fails.
    const auto kind_of = [](std::size_t closed) {
        return redfield::Kind([closed](const redfield::System& system,
                                       std::size_t i) -> std::shared_ptr<const redfield::Generator> {
            if (i == 11) throw std::invalid_argument("no equation");
            if (i < closed) return std::make_shared<const redfield::Davies>(system);
            return std::make_shared<const redfield::Redfield>(system);
        });
    };
    const auto method_of = [&](std::size_t closed, int threads) {
        redfield::EvolveOptions options;
        options.threads = threads;
        redfield::EvolveStats totals;
        redfield::evolve_batch(batch, kind_of(closed), {random_state(3, 1)}, {0.0, 1.0}, options, {},
                               totals);
        return totals.method;
    };
    const auto other = method_of(0, 1);
    CHECK(other != name_of(redfield::method_names, redfield::Method::closed_form));
    for (const int threads : {1, 2}) {
        CHECK(method_of(size, threads) == name_of(redfield::method_names, redfield::Method::closed_form));
        CHECK(method_of(0, threads) == other);
        CHECK(method_of(1, threads) == name_of(redfield::method_names, redfield::Method::automatic));
        CHECK(method_of(10, threads) == name_of(redfield::method_names, redfield::Method::automatic));
    }
}
