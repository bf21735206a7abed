#include <doctest/doctest.h>

#include "evolve/frequency_blocks.hpp"
#include "evolve/matrix_exponential.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::Method;

namespace {

/// A map that is no master equation: ρ̇ = −i[H, ρ] − κρ.
struct Leaking : redfield::Generator {
    Leaking(const ComplexMatrix& h, bool confesses)
        : Generator(redfield::Eigensystem(h)), confesses_(confesses) {}
    void dissipate(const redfield::ConstRef& rho, redfield::MutableRef out,
                   redfield::linalg::Workspace&) const override {
        out = -0.3 * rho;
    }
    redfield::SpectralBounds bounds() const override { return {eigensystem().bandwidth() + 0.1, 0.3}; }
    bool conserves_trace() const override { return !confesses_; }
    bool confesses_;
};

}  // namespace

TEST_CASE("no method gives back a state whose trace has drifted") {
    const ComplexMatrix h = random_hermitian(4, 71), rho = random_state(4, 72);
    for (const Method method : {Method::dopri5, Method::exponential}) {
        CHECK_THROWS_AS(redfield::evolve(Leaking(h, false), rho, {0.0, 1.0}, with(method, 1e-8, 0.0)),
                        redfield::ConvergenceError);
        const auto out = redfield::evolve(Leaking(h, true), rho, {0.0, 1.0}, with(method, 1e-8, 0.0));
        CHECK(out.states[1].trace().real() == doctest::Approx(std::exp(-0.3)).epsilon(1e-6));
    }
}

TEST_CASE("what is zero stays zero where only a relative tolerance is given") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w); };
    const redfield::Redfield equation{
        redfield::System{random_hermitian(3, 73), redfield::SiteProjectors{3}, bath}};
    for (const Method method : {Method::chebyshev, Method::dopri5, Method::exponential}) {
        const auto out = redfield::evolve(equation, ComplexMatrix::Zero(3, 3), {0.0, 1.0, 1e4},
                                          with(method, 1e-8, 0.0));
        for (const auto& state : out.states) CHECK(state.norm() == 0.0);
    }
}

TEST_CASE("a recorder with observables and no memory for them records the rest") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w); };
    const redfield::Redfield equation{
        redfield::System{random_hermitian(3, 74), redfield::SiteProjectors{3}, bath}};
    ComplexMatrix last(3, 3);
    redfield::OutputBuffers buffers;
    buffers.final_state = last.data();
    redfield::Recorder recorder(3, equation.eigensystem(), {random_hermitian(3, 75)}, 2, buffers, 1);
    const RealMatrix start = redfield::pack(random_state(3, 76));
    redfield::evolve(equation, {start, redfield::Frame::given}, {0.0, 2.0},
                     with(Method::chebyshev, 1e-8, 0.0), std::ref(recorder));
    CHECK(last.trace().real() == doctest::Approx(1.0));
}

TEST_CASE("blocks of frequencies are the whole generator") {
    const redfield::Bath bath = [](double w) { return one_sided_gamma(w, 1e-3); };
    const ComplexMatrix h = 30.0 * random_hermitian(4, 77);
    const redfield::Redfield equation{redfield::System{h, redfield::SiteProjectors{4}, bath}};
    redfield::linalg::Workspace ws(1);
    const redfield::Dissipator parts = equation.dissipator(ws);
    const redfield::CsrMatrix csr = [&] {
        redfield::AssemblyOptions options;
        options.free_rotation = false;
        return equation.liouvillian_in_eigenbasis(options);
    }();
    ComplexMatrix d = dense(csr);
    for (Index k = 0; k < 4; ++k)
        for (Index l = 0; l < 4; ++l)
            if (std::abs(d(k + 4 * l, k + 4 * l).imag()) > 1.0)
                d(k + 4 * l, k + 4 * l) += Complex(
                    0.0, equation.eigensystem().energies()[k] - equation.eigensystem().energies()[l]);
    const redfield::integrators::FrequencyBlocks blocks(parts.eigensystem.energies(), d, true);
    CHECK(!blocks.whole());
    const RealMatrix rho = redfield::pack(random_state(4, 78));
    const RealMatrix dense = equation.packed_matrix(ws);
    for (const double t : {0.0, 0.7, 40.0, 900.0}) {
        auto there = blocks.into(rho);
        blocks.advance(blocks.exponentials(t), there);
        const RealMatrix found = blocks.out_of(there, t);
        const RealVector expected = exponential(dense * t) * Eigen::Map<const RealVector>(rho.data(), 16);
        CHECK((Eigen::Map<const RealVector>(found.data(), 16) - expected).norm() < 1e-9);
    }
}

TEST_CASE("an exponential that conserves a sum conserves it however long") {
    RealMatrix a = random_hermitian(6, 79).real();
    const std::vector<Index> rows{0, 2, 5};
    a -= 4.0 * RealMatrix::Identity(6, 6);
    redfield::integrators::conserve_sum(a, rows, 0.0);
    for (const double t : {1.0, 1e8, 1e15}) {
        const RealMatrix e = redfield::integrators::matrix_exponential<double>(a * t, rows);
        for (Index j = 0; j < 6; ++j) {
            const double sum = e(0, j) + e(2, j) + e(5, j);
            CHECK(sum == doctest::Approx(j == 0 || j == 2 || j == 5 ? 1.0 : 0.0).epsilon(1e-12));
        }
    }
}

TEST_CASE("equal steps are one run, and no output is moved") {
    for (const double dt : {1.0, 0.999, 1e-7, 3.3e11}) {
        std::vector<double> times;
        for (int i = 0; i <= 20000; ++i) times.push_back(dt * i);
        const auto runs = redfield::equal_steps(times);
        CHECK(runs.size() == 1);
        CHECK(runs.front().count == 20000);
    }
    const std::vector<double> mixed{0.0, 1e-9, 2e-9, 2e-9, 2e-9, 1.0, 2.0, 3.0, 3.0, 1e9};
    double now = 0.0;
    std::size_t i = 0;
    for (const redfield::EqualSteps& run : redfield::equal_steps(mixed))
        for (std::size_t step = 0; step < run.count; ++step)
            CHECK((now += run.length) == doctest::Approx(mixed[++i]).epsilon(1e-14));
    CHECK(i + 1 == mixed.size());
    CHECK(redfield::equal_steps({1.0}).empty());
}
