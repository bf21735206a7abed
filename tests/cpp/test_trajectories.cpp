#include <doctest/doctest.h>

#include <cmath>

#include "reference.hpp"

using namespace reference;
namespace trajectories = redfield::trajectories;

namespace {

struct Problem {
    ComplexMatrix h, drift;
    redfield::Operators jumps;
    redfield::Redfield whole;
};

Problem problem(Index n) {
    const ComplexMatrix h = random_hermitian(n, 1), l = 0.4 * random_matrix(n, 2);
    const ComplexMatrix drift = Complex(0.0, -1.0) * h - 0.5 * l.adjoint() * l;
    return {h, drift, {l}, redfield::Redfield{redfield::System{h, redfield::Operators{l}, [](double) {
                                                                   return Complex(0.5);
                                                               }}}};
}

trajectories::Start start(Index n) {
    return {ComplexMatrix::Ones(n, 1) / std::sqrt(static_cast<double>(n)), RealVector::Ones(1)};
}

}  // namespace

TEST_CASE("jumps and diffusion: the mean is the density matrix, whatever the threads") {
    const Index n = 4, samples = 600;
    const Problem p = problem(n);
    const std::vector<double> times{0.0, 0.5, 1.5};
    const ComplexMatrix o = random_hermitian(n, 3), rho0 = ComplexMatrix::Ones(n, n) / n;
    const auto exact = redfield::evolve(p.whole, rho0, times);
    const trajectories::QuantumJumps jumping(p.drift, p.jumps);
    const trajectories::Diffusion diffusing(p.drift, p.jumps, 0.02);
    const auto check = [&](const auto& solver) {
        std::vector<Complex> one(static_cast<std::size_t>(samples * 3)), two = one;
        std::vector<double> weights(one.size(), 1.0);
        for (const int threads : {1, 2}) {
            trajectories::Options options;
            options.threads = threads;
            options.seed = 5;
            trajectories::Record record;
            record.expectations = (threads == 1 ? one : two).data();
            record.weights = weights.data();
            solver.run(samples, start(n), times, {o}, options, record);
        }
        CHECK(one == two);
        for (std::size_t t = 0; t < 3; ++t) {
            double sum = 0.0, squares = 0.0, weight = 0.0;
            for (std::size_t s = 0; s < static_cast<std::size_t>(samples); ++s) {
                sum += weights[3 * s + t] * one[3 * s + t].real();
                weight += weights[3 * s + t];
                squares += std::norm(one[3 * s + t]);
            }
            const double mean = sum / weight, wanted = (o * exact.states[t]).trace().real();
            const double error = std::sqrt((squares / samples - mean * mean) / samples);
            CHECK(std::abs(mean - wanted) <= 4.0 * error + 1e-9);
        }
    };
    check(jumping);
    check(diffusing);
}

TEST_CASE("eigenstates: a decay has one jump, and equal rates a flat end") {
    RealMatrix rates = RealMatrix::Zero(2, 2);
    rates(0, 1) = 2.0;
    const trajectories::EigenstateJumps decay(RealVector::LinSpaced(2, 0.0, 1.0), rates,
                                              ComplexMatrix::Zero(2, 1));
    std::vector<std::vector<trajectories::Jump>> jumps(50);
    std::vector<Complex> values(50);
    trajectories::Record record;
    record.expectations = values.data();
    record.jumps = jumps.data();
    ComplexMatrix excited = ComplexMatrix::Zero(2, 2), ket = ComplexMatrix::Zero(2, 1);
    excited(1, 1) = ket(1, 0) = 1.0;
    decay.run(50, {ket, RealVector::Ones(1)}, {100.0}, {excited}, {}, record);
    decay.run(50, {ket, RealVector::Ones(1)}, {0.0}, {excited}, {}, record);
    for (const Complex value : values) CHECK(value == Complex(1.0));
    decay.run(50, {ket, RealVector::Ones(1)}, {0.0}, {excited}, {}, record);
    std::vector<Complex> late(100);
    record.expectations = late.data();
    for (auto& each : jumps) each.clear();
    decay.run(50, {ket, RealVector::Ones(1)}, {0.0, 100.0}, {excited}, {}, record);
    for (std::size_t s = 0; s < 50; ++s) {
        CHECK(late[2 * s + 1] == Complex(0.0));
        CHECK(jumps[s].size() == 1);
        CHECK(jumps[s][0].channel == 2);  // |1⟩ → |0⟩ is 0 + 2·1
    }
}

TEST_CASE("low rank: every error within its estimate") {
    const Index n = 6;
    const Problem p = problem(n);
    const std::vector<double> times{0.0, 0.3, 1.0};
    const ComplexMatrix rho0 = ComplexMatrix::Ones(n, n) / n;
    redfield::EvolveOptions tight;
    tight.rtol = 1e-11;
    const auto exact = redfield::evolve(p.whole, rho0, times, tight);
    const trajectories::LowRank solver(p.drift, p.jumps);
    for (const double rtol : {1e-2, 1e-6}) {
        trajectories::LowRankOptions options;
        options.rtol = rtol;
        const auto stats = solver.run(
            start(n).kets, times, options,
            [&](Index i, const ComplexMatrix& x, const trajectories::LowRankStats& so_far) {
                const ComplexMatrix rho = x * x.adjoint();
                const double away = trace_norm(rho - exact.states[static_cast<std::size_t>(i)]);
                CHECK(away <= 1.5 * so_far.error + 1e-3 * rtol + 1e-10);
                CHECK(std::abs(rho.trace() - 1.0) < 1e-12);
            });
        CHECK(stats.rank <= n);
        CHECK(stats.error <= rtol);
    }
}

TEST_CASE("what is no equation of Lindblad form is refused") {
    const Problem p = problem(3);
    CHECK_THROWS_AS(trajectories::QuantumJumps(ComplexMatrix(2.0 * p.drift), p.jumps),
                    std::invalid_argument);
    CHECK_THROWS_AS(trajectories::LowRank(p.drift, redfield::Operators{ComplexMatrix::Zero(2, 2)}),
                    std::invalid_argument);
    const trajectories::QuantumJumps good(p.drift, p.jumps);
    std::vector<Complex> values(1);
    trajectories::Record record;
    record.expectations = values.data();
    CHECK_THROWS_AS(good.run(1, {ComplexMatrix::Zero(3, 1), RealVector::Ones(1)}, {0.0}, {}, {}, record),
                    std::invalid_argument);
    CHECK_THROWS_AS(good.run(0, start(3), {0.0}, {}, {}, record), std::invalid_argument);
    CHECK_THROWS_AS(good.run(1, start(3), {1.0, 0.0}, {}, {}, record), std::invalid_argument);
}
