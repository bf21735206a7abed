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
    const redfield::driven::TimeOperator still(p.h), jump(std::get<ComplexMatrix>(p.jumps.front()));
    check(trajectories::DrivenJumps(trajectories::driven_lindblad(still, {jump}), times, 1e-6));
}

TEST_CASE("driven jumps: what does not belong together is refused, and times are those of the panels") {
    const Problem p = problem(3);
    const redfield::driven::TimeOperator still(p.h), jump(std::get<ComplexMatrix>(p.jumps.front()));
    trajectories::DrivenForm wrong = trajectories::driven_lindblad(still, {jump});
    wrong.drift = [h = p.h](double) { return ComplexMatrix(Complex(0.0, -1.0) * h); };
    CHECK_THROWS_AS(trajectories::DrivenJumps(wrong, {0.0, 1.0}, 1e-6), std::invalid_argument);
    const trajectories::DrivenJumps solver(trajectories::driven_lindblad(still, {jump}), {0.0, 1.0},
                                           1e-6);
    CHECK(solver.panels() > 0);
    CHECK_THROWS_AS(solver.run(1, start(3), {0.0, 2.0}, {}, {}, {}), std::invalid_argument);
    CHECK_THROWS_AS(
        trajectories::DrivenJumps(trajectories::driven_lindblad(still, {jump}), {0.0, 1.0}, 0.0),
        std::invalid_argument);
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
            start(n).kets, times, options, [&](Index i, const trajectories::LowRankState& state) {
                const ComplexMatrix rho = state.factor * state.factor.adjoint();
                const double away = trace_norm(rho - exact.states[static_cast<std::size_t>(i)]);
                CHECK(away <= state.stats.error + 1e-10);
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

TEST_CASE("survival is the norm of the ket that has not jumped") {
    const Index n = 5;
    const Problem p = problem(n);
    const std::vector<double> times{0.3, 0.3, 0.9, 2.5, 40.0};
    const Eigen::VectorXcd ket = start(n).kets;
    const trajectories::QuantumJumps jumping(p.drift, p.jumps);
    const trajectories::Diffusion diffusing(p.drift, p.jumps, 0.0);
    // ψ ↦ Gψ is the ket's part of X ↦ GX + XG† at X = |ψ⟩⟨ψ|.
    const auto rhs = [&](const ComplexMatrix& x) {
        return ComplexMatrix(p.drift * x + x * p.drift.adjoint());
    };
    const RealVector found = jumping.survival(ket, times), other = diffusing.survival(ket, times);
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double exact = evolve(rhs, ket * ket.adjoint(), times[i] - times[0]).trace().real();
        CHECK(std::abs(found[static_cast<Index>(i)] - exact) < 1e-10);
        CHECK(std::abs(other[static_cast<Index>(i)] - exact) < 1e-10);
    }
    const RealVector cut = jumping.survival(ket, times, 0.5);
    for (Index i = 0; i < cut.size(); ++i)
        CHECK((cut[i] == 0.0 ? found[i] < 0.5 + 1e-10 : cut[i] == found[i]));
    RealMatrix rates = RealMatrix::Zero(2, 2);
    rates(0, 1) = 0.7;
    ComplexMatrix dephasing = ComplexMatrix::Constant(2, 1, 0.5);
    const trajectories::EigenstateJumps levels(RealVector::LinSpaced(2, 0.0, 1.0), rates, dephasing);
    Eigen::VectorXcd both = Eigen::VectorXcd::Constant(2, std::sqrt(0.5));
    // A level that nothing leaves does not change, however it is dephased.
    CHECK(levels.survival(Eigen::VectorXcd::Unit(2, 0), {0.0, 9.0})[1] == 1.0);
    CHECK(std::abs(levels.survival(Eigen::VectorXcd::Unit(2, 1), {1.0, 3.0})[1] - std::exp(-1.4)) <
          1e-14);
    CHECK(std::abs(levels.survival(both, {0.0, 2.0})[1] - 0.5 * std::exp(-0.5) * (1.0 + std::exp(-1.4))) <
          1e-14);
}

TEST_CASE("the numerical range holds every expectation value") {
    for (const Index n : {1, 2, 7}) {
        const ComplexMatrix o = random_matrix(n, 40);
        const auto box = trajectories::numerical_range(o);
        const auto of_sparse = trajectories::numerical_range(redfield::SparseMatrix(o.sparseView()));
        const RealVector re = diagonalise(0.5 * (o + o.adjoint())).energies,
                         im = diagonalise(Complex(0.0, -0.5) * (o - o.adjoint())).energies;
        for (const auto& range : {box, of_sparse}) {
            CHECK(range.least.real() <= re[0] + 1e-12);
            CHECK(range.most.real() >= re[n - 1] - 1e-12);
            CHECK(range.least.imag() <= im[0] + 1e-12);
            CHECK(range.most.imag() >= im[n - 1] - 1e-12);
            CHECK(range.most.real() - range.least.real() <= 1.1 * (re[n - 1] - re[0]) + 1e-9);
        }
    }
}

TEST_CASE("low rank: linear in the start, and no step without a state") {
    const Index n = 4;
    const Problem p = problem(n);
    const trajectories::LowRank solver(p.drift, p.jumps);
    const auto last = [&](const ComplexMatrix& x0, const std::vector<double>& times) {
        ComplexMatrix out;
        const auto stats = solver.run(
            x0, times, {}, [&](Index, const trajectories::LowRankState& state) { out = state.factor; });
        return std::make_pair(ComplexMatrix(out * out.adjoint()), stats.error);
    };
    const ComplexMatrix ket = start(n).kets;
    const auto one = last(ket, {0.0, 1.0}), nine = last(3.0 * ket, {0.0, 1.0});
    CHECK((nine.first - 9.0 * one.first).norm() < 1e-12);
    CHECK(std::abs(nine.second - 9.0 * one.second) < 1e-12);
    // An output a rounding after another, and one long after.
    CHECK(std::abs(last(ket, {0.0, 1e-15, 1e-11, 1.0}).first.trace() - 1.0) < 1e-12);
    for (const double large : {1e100, 1e150}) {
        const ComplexMatrix l = large * p.h;
        CHECK_THROWS([&] {
            const trajectories::LowRank fast(ComplexMatrix(-0.5 * l.adjoint() * l), {l});
            fast.run(ket, {0.0, 1.0}, {}, [](Index, const trajectories::LowRankState&) {});
        }());
    }
}
