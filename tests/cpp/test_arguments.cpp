// Wrong arguments of the public functions: std::invalid_argument with the argument's name, never a crash.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "reference.hpp"

using namespace reference;
namespace driven = redfield::driven;
namespace floquet = redfield::floquet;
namespace trajectories = redfield::trajectories;

namespace {

const double undefined = std::numeric_limits<double>::quiet_NaN();
const double infinite = std::numeric_limits<double>::infinity();

/// Whether `call` is refused by a message that holds `word`.
template <class Call>
bool refused(const Call& call, const std::string& word) {
    try {
        call();
    } catch (const std::invalid_argument& error) {
        if (std::string(error.what()).find(word) != std::string::npos) return true;
        MESSAGE("the message is: " << error.what());
    }
    return false;
}

ComplexMatrix with(ComplexMatrix m, double value) {
    m(m.rows() - 1, 0) = value;
    return m;
}

redfield::SparseMatrix sparse(const ComplexMatrix& m) { return m.sparseView(); }

redfield::System system_of(Index n) {
    return {random_hermitian(n, 1), redfield::Operators{random_hermitian(n, 2)}, bath};
}

}  // namespace

TEST_CASE("baths refuse what is no number of theirs") {
    for (const double bad : {undefined, infinite, -infinite, -1.0}) {
        CHECK(refused([&] { redfield::FlatBath{bad}; }, "rate"));
        CHECK(refused([&] { redfield::OhmicBath(bad, 1.0, 1.0); }, "strength"));
        CHECK(refused([&] { redfield::DrudeBath(bad, 1.0, 1.0); }, "strength"));
        CHECK(refused([&] { redfield::DrudeBath(1.0, bad, 1.0); }, "cutoff"));
        CHECK(refused([&] { redfield::LorentzianBath(bad, 1.0, 1.0); }, "strength"));
        CHECK(refused([&] { redfield::LorentzianBath(1.0, bad, 1.0); }, "width"));
    }
    for (const double bad : {undefined, 0.0, -1.0}) {
        CHECK(refused([&] { redfield::OhmicBath(1.0, bad, 1.0); }, "cutoff"));
        CHECK(refused([&] { redfield::OhmicBath(1.0, 1.0, bad); }, "beta"));
        CHECK(refused([&] { redfield::DrudeBath(1.0, 1.0, bad); }, "beta"));
    }
    CHECK(refused([&] { redfield::LorentzianBath(1.0, 1.0, undefined); }, "centre"));
    CHECK(refused([&] { redfield::NumericBath(redfield::NumericBath::Function(), {{0.0, 1.0}}); },
                  "power_spectrum"));
    CHECK(refused([&] { redfield::CorrelationBath(redfield::CorrelationBath::Function(), 1.0); },
                  "C is an empty"));
}

TEST_CASE("systems, energies and couplings") {
    const Index n = 3;
    const ComplexMatrix h = random_hermitian(n, 1), one = ComplexMatrix::Identity(n, n);
    CHECK(refused([&] { redfield::Eigensystem{ComplexMatrix(0, 0)}; }, "empty"));
    CHECK(refused([&] { redfield::Eigensystem{ComplexMatrix::Zero(2, 3)}; }, "square"));
    CHECK(refused([&] { redfield::Eigensystem{with(h, undefined)}; }, "NaN"));
    CHECK(refused([&] { redfield::Eigensystem{with(h, 3.0)}; }, "Hermitian"));
    CHECK(refused([&] { redfield::Eigensystem(RealVector(0), ComplexMatrix(0, 0)); }, "energies"));
    CHECK(refused([&] { redfield::Eigensystem(RealVector::Zero(2), one); }, "size"));
    CHECK(refused([&] { redfield::Eigensystem(RealVector::Zero(3), 2.0 * one); }, "orthonormal"));
    CHECK(refused([&] { redfield::Eigensystem::given_basis(0); }, "level"));
    CHECK(refused([&] { redfield::SiteProjectors{0}; }, "sites"));
    CHECK(refused([&] { redfield::SiteProjectors({-1}, RealVector::Ones(1)); }, "site"));
    CHECK(refused([&] { redfield::SiteProjectors({0, 1}, RealVector::Ones(1)); }, "weights"));
    CHECK(refused([&] { redfield::System(h, redfield::SiteProjectors{4}, bath); }, "couplings"));
    CHECK(refused([&] { redfield::System(h, redfield::Operators{ComplexMatrix::Zero(2, 2)}, bath); },
                  "couplings[0]"));
    CHECK(refused([&] { redfield::System(h, redfield::Operators{with(one, infinite)}, bath); },
                  "couplings[0]"));
    CHECK(refused([&] { redfield::System(h, redfield::Operators{one}, std::vector<redfield::Bath>{}); },
                  "baths"));
    const redfield::Eigensystem eigen(h);
    for (const Index number : {-1, 1})
        CHECK(refused(
            [&] {
                redfield::System(eigen, redfield::Operators{one},
                                 {{redfield::BathTable(RealMatrix::Ones(n, n))}, {number}});
            },
            "bath"));
    CHECK(refused([&] { redfield::BathTable(RealMatrix::Constant(2, 2, -1.0)); }, "negative"));
    CHECK(refused([&] { redfield::BathTable(RealMatrix::Constant(2, 2, undefined)); }, "NaN"));
    CHECK(refused([&] { redfield::BathTable(RealMatrix::Ones(2, 2), RealMatrix::Ones(3, 3)); }, "shape"));
    for (const RealVector& bad : {RealVector(0), RealVector(RealVector::Constant(2, undefined))}) {
        CHECK(refused([&] { redfield::energy_rounding(bad); }, "energies"));
        CHECK(refused([&] { redfield::degeneracy_tol(bad); }, "energies"));
        CHECK(refused([&] { redfield::bohr_frequencies(bad); }, "energies"));
        CHECK(refused([&] { redfield::BohrFrequencies{bad}; }, "energies"));
    }
    const redfield::BohrFrequencies bohr(RealVector::LinSpaced(3, 0.0, 1.0));
    CHECK(refused([&] { redfield::BohrClusters(bohr, undefined); }, "tolerance"));
    CHECK(refused([&] { redfield::gap_table(bohr, {bohr, 0.1}, 4); }, "n = 4"));
    CHECK(refused([&] { redfield::pack_state(ComplexMatrix::Zero(2, 1), n); }, "rho0"));
}

TEST_CASE("more Bohr frequencies than 32 bits number are refused before they are made") {
    for (const Index n : {46341, 70000})
        CHECK_THROWS_AS(redfield::BohrFrequencies{RealVector::LinSpaced(n, 0.0, 1.0)}, std::length_error);
}

TEST_CASE("generators") {
    const Index n = 3;
    const auto system = system_of(n);
    const ComplexMatrix h = random_hermitian(n, 1), one = ComplexMatrix::Identity(n, n);
    const redfield::Redfield equation(system);
    std::vector<Complex> memory(9);
    CHECK(refused([&] { equation.apply(ComplexMatrix::Zero(2, 2)); }, "apply"));
    CHECK(refused([&] { equation.apply_row_major(nullptr, memory.data()); }, "x is null"));
    CHECK(refused([&] { equation.apply_row_major(memory.data(), nullptr); }, "out is null"));
    redfield::AssemblyOptions options;
    options.threshold = undefined;
    CHECK(refused([&] { equation.liouvillian(options); }, "threshold"));
    CHECK(refused([&] { equation.liouvillian_in_eigenbasis(options); }, "threshold"));
    options = {};
    options.max_bytes = undefined;
    CHECK(refused([&] { equation.liouvillian(options); }, "max_bytes"));
    CHECK(refused([&] { equation.adjoint(undefined); }, "max_bytes"));
    RealMatrix out(2, 2);
    CHECK(
        refused([&] { redfield::add_free_rotation(RealVector::Zero(3), RealMatrix::Zero(3, 3), out, 1); },
                "add_free_rotation"));
    CHECK(refused([&] { redfield::given_lambdas(system, std::vector<ComplexMatrix>{}); }, "lambdas"));
    CHECK(refused(
        [&] { redfield::given_lambdas(system, std::vector<ComplexMatrix>{ComplexMatrix::Zero(2, 2)}); },
        "lambdas[0]"));
    CHECK(refused(
        [&] { redfield::given_lambdas(system, std::vector<ComplexMatrix>{with(one, undefined)}); },
        "lambdas[0]"));
    CHECK(refused([&] { redfield::given_lambdas(system, std::vector<redfield::SparseMatrix>{}); },
                  "lambdas"));
    CHECK(refused(
        [&] {
            redfield::given_lambdas(system,
                                    std::vector<redfield::SparseMatrix>{sparse(with(one, infinite))});
        },
        "lambdas[0]"));
    CHECK(refused([&] { redfield::PartialSecular(system, undefined, true, 0.0); }, "cutoff"));
    CHECK(refused([&] { redfield::sum({}); }, "nothing to add"));
    CHECK(refused([&] { redfield::sum({nullptr}); }, "parts[0]"));
    const auto of_jumps = [](const redfield::SparseMatrix& hamiltonian,
                             const std::vector<redfield::SparseMatrix>& jumps) {
        redfield::LambdaGenerator{redfield::lindblad(hamiltonian, jumps)};
    };
    CHECK(refused([&] { of_jumps(sparse(ComplexMatrix(0, 0)), {}); }, "level"));
    CHECK(refused([&] { of_jumps(sparse(with(h, undefined)), {}); }, "Hamiltonian"));
    CHECK(refused([&] { of_jumps(sparse(with(h, 9.0)), {}); }, "Hermitian"));
    CHECK(refused([&] { of_jumps(sparse(h), {sparse(ComplexMatrix::Ones(2, 2))}); }, "jump"));
}

TEST_CASE("evolutions and steady states") {
    const Index n = 3;
    const redfield::Redfield equation(system_of(n));
    const ComplexMatrix rho = random_state(n, 3);
    const auto run = [&](const ComplexMatrix& rho0, const std::vector<double>& times, double rtol = 1e-6,
                         double atol = 1e-9) {
        redfield::EvolveOptions options;
        options.rtol = rtol;
        options.atol = atol;
        return [=, &equation] { redfield::evolve(equation, rho0, times, options); };
    };
    CHECK(refused(run(ComplexMatrix::Zero(2, 2), {0.0, 1.0}), "rho0"));
    CHECK(refused(run(with(rho, undefined), {0.0, 1.0}), "rho0"));
    CHECK(refused(run(rho, {}), "times"));
    CHECK(refused(run(rho, {1.0, 0.0}), "times"));
    CHECK(refused(run(rho, {0.0, infinite}), "times"));
    CHECK(refused(run(rho, {undefined}), "times"));
    CHECK(refused(run(rho, {0.0, 1.0}, undefined), "rtol"));
    CHECK(refused(run(rho, {0.0, 1.0}, -1.0), "rtol"));
    CHECK(refused(run(rho, {0.0, 1.0}, 0.0, 0.0), "rtol"));
    CHECK(refused(
        [&] {
            const RealMatrix packed = redfield::pack_state(rho, n);
            redfield::evolve(equation, {packed, redfield::Frame::given}, {0.0, 1.0}, {},
                             redfield::Observer<redfield::StateView>());
        },
        "observer"));
    CHECK(refused(
        [&] {
            redfield::evolve(equation, rho, {0.0, 1.0}, {},
                             redfield::Observer<redfield::ComplexMatrix>());
        },
        "observer"));
    CHECK(refused([&] { redfield::expectations(equation, rho, {0.0}, {ComplexMatrix::Ones(2, 2)}); },
                  "e_ops[0]"));
    const redfield::Redfield other(
        redfield::System(random_hermitian(n, 9), redfield::SiteProjectors{n}, bath));
    CHECK(refused([&] { redfield::trace_norm_distance(equation, other, rho, {0.0}, {}); }, "system"));
    redfield::SteadyOptions bad;
    bad.tol = undefined;
    CHECK(refused([&] { redfield::steady_state(equation, bad); }, "tol"));
    redfield::SpectrumOptions bad_too;
    bad_too.tol = undefined;
    CHECK(refused([&] { redfield::spectrum(equation, 1, bad_too); }, "tol"));
    CHECK(refused([&] { redfield::spectrum(equation, 0); }, "k = 0"));
    CHECK(refused([&] { redfield::spectrum(equation, 10); }, "k = 10"));
    CHECK(refused([&] { redfield::resolvent_trace(equation, rho, ComplexMatrix::Zero(2, 2), {1.0}); },
                  "dimension"));
}

TEST_CASE("batches") {
    const auto h = [](std::size_t) { return random_hermitian(2, 1); };
    CHECK(refused([&] { redfield::EigensystemBatch(0, 2, h); }, "Hamiltonians"));
    CHECK(refused([&] { redfield::EigensystemBatch(1, 0, h); }, "n must be"));
    CHECK(refused([&] { redfield::EigensystemBatch(1, 2, {}); }, "hamiltonian"));
    const redfield::EigensystemBatch eigensystems(2, 2, h);
    CHECK(refused([&] { eigensystems[2]; }, "member 2"));
    CHECK(refused([&] { eigensystems.bohr_frequencies(nullptr); }, "out"));
    const redfield::Couplings coupling = redfield::Operators{random_hermitian(2, 2)};
    const redfield::BatchTable table{RealMatrix::Ones(3, 1), {}};
    CHECK(refused([&] { redfield::SystemBatch(0, eigensystems, {coupling}, {table}, {0}); }, "size"));
    CHECK(refused([&] { redfield::SystemBatch(2, eigensystems, {}, {table}, {0}); }, "couplings"));
    CHECK(refused([&] { redfield::SystemBatch(3, eigensystems, {coupling}, {table}, {0}); },
                  "eigensystems"));
    CHECK(refused(
        [&] { redfield::SystemBatch(2, eigensystems, {coupling}, {{RealMatrix::Ones(4, 1), {}}}, {0}); },
        "table"));
    const redfield::SystemBatch far(2, eigensystems, {coupling}, {table}, {7}),
        good(2, eigensystems, {coupling}, {table}, {0});
    CHECK(refused([&] { far[0]; }, "bath 7"));
    redfield::EvolveStats totals;
    CHECK(refused([&] { redfield::evolve_batch(good, {}, {random_state(2, 1)}, {0.0}, {}, {}, totals); },
                  "kind"));
    CHECK(refused([&] { redfield::steady_batch(good, {}, {}, {}); }, "kind"));
    const redfield::Kind nothing = [](const redfield::System&, std::size_t) {
        return std::shared_ptr<const redfield::Generator>();
    };
    for (const auto& error : redfield::steady_batch(good, nothing, {}, {}))
        CHECK_THROWS_AS(std::rethrow_exception(error), std::invalid_argument);
}

TEST_CASE("operators of time and Floquet's equations") {
    CHECK(refused([&] { driven::TimeOperator{ComplexMatrix(0, 0)}; }, "constant"));
    CHECK(refused([&] { driven::TimeOperator{with(ComplexMatrix::Ones(2, 2), undefined)}; }, "constant"));
    CHECK(refused([&] { driven::TimeOperator(2, std::function<ComplexMatrix(double)>()); }, "function"));
    CHECK(refused([&] { driven::TimeOperator(0, [](double) { return ComplexMatrix(); }); }, "n must be"));
    const driven::TimeOperator h(random_hermitian(2, 1));
    CHECK(refused([&] { floquet::Modes(h, {}); }, "period"));
    CHECK(refused([&] { floquet::Modes(h, {0.0, -1.0}); }, "period"));
    const floquet::Modes modes(h, {0.0, 0.5, 1.0});
    floquet::HarmonicsOptions options;
    options.tol = undefined;
    CHECK(refused([&] { floquet::harmonics(modes, {h}, options); }, "tol"));
    const driven::TimeOperator larger(random_hermitian(3, 1));
    CHECK(refused([&] { floquet::harmonics(modes, {h, larger}); }, "operators[1]"));
    const redfield::driven::PiecewisePolynomial half({-1e3, 1e3}, {0.1}, 1, 1);
    const floquet::Contacts good{floquet::harmonics(modes, {h}), {{half, 0.1, 0.0}}, {0}};
    const auto both_refuse = [&](const floquet::Contacts& contacts, const std::string& word) {
        CHECK(refused([&] { floquet::Davies(modes, contacts, false, 1e-9); }, word));
        CHECK(refused([&] { floquet::Redfield(modes, contacts, false); }, word));
    };
    for (const Index number : {Index(1), Index(-1), Index(1) << 40}) {
        floquet::Contacts wrong = good;
        wrong.bath_of_coupling = {number};
        both_refuse(wrong, "bath_of_coupling[0]");
    }
    floquet::Contacts wrong = good;
    wrong.bath_of_coupling.clear();
    both_refuse(wrong, "bath_of_coupling");
    wrong = good;
    wrong.couplings.of[0].pop_back();
    both_refuse(wrong, "harmonics");
    wrong = good;
    wrong.couplings.of[0][0] = ComplexMatrix::Zero(3, 3);
    both_refuse(wrong, "harmonic");
    CHECK(refused([&] { floquet::Davies(modes, good, false, undefined); }, "degeneracy_tol"));
}

TEST_CASE("trajectories") {
    const ComplexMatrix l = random_matrix(2, 1), g = -0.5 * l.adjoint() * l;
    const trajectories::QuantumJumps jumps(g, {l});
    const trajectories::EigenstateJumps levels(RealVector::Zero(2), RealMatrix::Ones(2, 2),
                                               ComplexMatrix::Zero(2, 1));
    const trajectories::LowRank low(g, {l});
    const ComplexMatrix up = ComplexMatrix::Identity(2, 1);
    const auto sure = RealVector(RealVector::Ones(1));
    const auto run = [&](const trajectories::Start& start, const std::vector<double>& times,
                         const std::string& word, double rtol = 1e-6,
                         const redfield::Operators& observables = {}) {
        trajectories::Options options;
        options.rtol = rtol;
        CHECK(refused([&] { jumps.run(2, start, times, observables, options, {}); }, word));
        CHECK(refused([&] { levels.run(2, start, times, observables, options, {}); }, word));
    };
    run({2.0 * up, sure}, {0.0, 1.0}, "norm");
    run({with(up, undefined), sure}, {0.0, 1.0}, "norm");
    run({ComplexMatrix::Identity(3, 1), sure}, {0.0, 1.0}, "entries");
    run({up, 0.5 * sure}, {0.0, 1.0}, "sum");
    run({up, -sure}, {0.0, 1.0}, "probability");
    run({up, RealVector::Ones(2)}, {0.0, 1.0}, "probability");
    run({ComplexMatrix(2, 0), RealVector(0)}, {0.0, 1.0}, "probability");
    run({up, sure}, {}, "times");
    run({up, sure}, {0.0, undefined}, "times[1]");
    run({up, sure}, {0.0, 1.0}, "rtol", undefined);
    run({up, sure}, {0.0, 1.0}, "e_ops[0]", 1e-6, {ComplexMatrix::Ones(3, 3)});
    run({up, sure}, {0.0, 1.0}, "expectations", 1e-6, {ComplexMatrix::Ones(2, 2)});
    CHECK(refused([&] { jumps.survival(2.0 * up, {0.0}); }, "norm"));
    CHECK(refused([&] { levels.survival(up, {1.0, 0.0}); }, "times"));
    CHECK(refused([&] { trajectories::Diffusion(g, {l}, undefined); }, "step"));
    CHECK(refused([&] { trajectories::QuantumJumps(ComplexMatrix(0, 0), redfield::Operators{}); },
                  "empty"));
    CHECK(refused([&] { trajectories::numerical_range(ComplexMatrix(0, 0)); }, "empty"));
    for (const double rtol : {undefined, 0.0, 1.0, 50.0, infinite}) {
        trajectories::LowRankOptions options;
        options.rtol = rtol;
        const auto ignore = [](Index, const trajectories::LowRankState&) {};
        CHECK(refused([&] { low.run(up, {0.0, 1.0}, options, ignore); }, "rtol"));
    }
    CHECK(refused([&] { low.run(up, {0.0, 1.0}, {}, {}); }, "observe"));
}
