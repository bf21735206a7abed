#include <doctest/doctest.h>

#include <redfield/redfield.hpp>

#include "equation/stationary.hpp"
#include "reference.hpp"
#include "steady/dense_lu.hpp"
#include "steady/secular_inverse.hpp"

using namespace reference;

namespace {

ComplexMatrix null_state(const redfield::Generator& g) {
    const Index n = g.dimension();
    const Eigen::VectorXcd v = null_vector(dense(g.liouvillian()));
    const ComplexMatrix rho = Eigen::Map<const ComplexMatrix>(v.data(), n, n);
    return rho / rho.trace();
}

}  // namespace

TEST_CASE("the steady state is the null vector of the dense matrix, by every method") {
    for (const Index n : {1, 2, 3, 7}) {
        const redfield::System system{random_hermitian(n, 120 + static_cast<unsigned>(n)),
                                      redfield::SiteProjectors{n}, bath};
        const redfield::Redfield full(system);
        const redfield::UniversalLindblad jumps(system);
        const redfield::PartialSecular partial(system, 0.7);
        for (const redfield::Generator* g : {static_cast<const redfield::Generator*>(&full),
                                             static_cast<const redfield::Generator*>(&jumps),
                                             static_cast<const redfield::Generator*>(&partial)}) {
            const ComplexMatrix expected = null_state(*g);
            for (const auto method : {redfield::SteadyMethod::automatic, redfield::SteadyMethod::direct,
                                      redfield::SteadyMethod::iterative}) {
                redfield::SteadyOptions options;
                options.method = method;
                const redfield::SteadyState found = redfield::steady_state(*g, options);
                CHECK((found.state - expected).norm() < 1e-8);
                CHECK(std::abs(found.state.trace() - 1.0) < 1e-12);
                CHECK(g->apply(found.state).norm() == doctest::Approx(found.residual).epsilon(1e-3));
                CHECK(found.unique);
            }
        }
    }
}

TEST_CASE("several steady states are counted, with a basis of them") {
    // Two copies of one system that nothing joins: each keeps its trace, and their coherences between
    // copies obey the same equation, so that four states are stationary.
    const ComplexMatrix h = random_hermitian(6, 131);
    ComplexMatrix twice = ComplexMatrix::Zero(12, 12);
    redfield::Operators couplings;
    ComplexMatrix a = ComplexMatrix::Zero(12, 12);
    const ComplexMatrix c = random_hermitian(6, 132);
    for (Index block : {0, 6}) {
        twice.block(block, block, 6, 6) = h;
        a.block(block, block, 6, 6) = c;
    }
    couplings.emplace_back(a);
    const redfield::Redfield g(redfield::System{twice, couplings, bath});
    for (const auto method : {redfield::SteadyMethod::automatic, redfield::SteadyMethod::direct,
                              redfield::SteadyMethod::iterative}) {
        redfield::SteadyOptions options;
        options.method = method;
        try {
            redfield::steady_state(g, options);
            FAIL("one steady state was returned where there are four");
        } catch (const redfield::MultipleSteadyStates& several) {
            REQUIRE(several.states().size() == 4);
            for (const ComplexMatrix& x : several.states()) CHECK(g.apply(x).norm() < 1e-9);
        }
    }
}

TEST_CASE("the spectrum is that of the dense matrix, copies included") {
    const redfield::Redfield g(
        redfield::System{random_hermitian(4, 141), redfield::SiteProjectors{4}, bath});
    const std::vector<Complex> expected = eigenvalues(dense(g.liouvillian()));
    for (const auto method : {redfield::SpectrumMethod::direct, redfield::SpectrumMethod::iterative}) {
        redfield::SpectrumOptions options;
        options.method = method;
        options.tol = 1e-10;
        const redfield::Spectrum found = redfield::spectrum(g, 4, options);
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(std::abs(std::abs(found.eigenvalues[i]) - std::abs(expected[i])) < 1e-8);
            const ComplexMatrix& mode = found.modes[i];
            CHECK((g.apply(mode) - found.eigenvalues[i] * mode).norm() < 1e-7);
        }
        CHECK(found.complete == (method == redfield::SpectrumMethod::direct));
    }
    CHECK_THROWS_AS(redfield::spectrum(g, 17), std::invalid_argument);
}

TEST_CASE("the secular inverse inverts the secular part, with degenerate levels and without") {
    for (const bool degenerate : {false, true}) {
        ComplexMatrix h = random_hermitian(5, 97);
        if (degenerate) {
            h = ComplexMatrix::Zero(5, 5);
            for (Index k = 0; k < 5; ++k) h(k, k) = 0.5 * static_cast<double>(k % 3);
        }
        redfield::Operators couplings{redfield::Operator(random_hermitian(5, 99))};
        const redfield::Davies davies(redfield::System{h, couplings, bath});
        CHECK(davies.degenerate() == degenerate);
        const double shift = 0.3;
        const redfield::steady::SecularPart part(*davies.pair_equation(), 1e12);
        const redfield::steady::SecularInverse inverse(part, shift, 0.0);
        const RealMatrix x = redfield::pack(random_hermitian(5, 98));
        redfield::RealVector y;
        inverse.apply(Eigen::Map<const redfield::RealVector>(x.data(), x.size()), y);
        RealMatrix back(5, 5);
        const auto ws = davies.lease(1);
        const Eigen::Map<const RealMatrix> solved(y.data(), 5, 5);
        davies.Generator::apply(solved, back, *ws);
        CHECK((back - shift * solved - x).norm() < 1e-11);
        // The shift may be complex and the operator not Hermitian: (𝓛 − z)Y = X.
        const Complex z(0.3, -1.1);
        const ComplexMatrix operand = random_matrix(5, 96);
        redfield::VectorOf<Complex> image;
        redfield::steady::SecularInverse(part, z, 0.0).apply(operand.reshaped(), image);
        const ComplexMatrix inverted = image.reshaped(5, 5);
        const ComplexMatrix given = davies.eigensystem().from_eigenbasis(inverted);
        const ComplexMatrix restored =
            davies.eigensystem().to_eigenbasis(davies.apply(given)) - z * inverted;
        CHECK((restored - operand).norm() < 1e-11);
    }
}

TEST_CASE("a sum of systems has no secular part: the iterative methods say so") {
    const redfield::System system{random_hermitian(7, 161), redfield::SiteProjectors{7}, bath};
    const auto part = std::make_shared<redfield::Redfield>(system);
    const auto whole = redfield::sum({part, std::make_shared<redfield::Davies>(system)});
    const redfield::Generator& sum = *whole;
    redfield::SteadyOptions options;
    options.method = redfield::SteadyMethod::iterative;
    CHECK_THROWS_AS(redfield::steady_state(sum, options), std::invalid_argument);
    redfield::SpectrumOptions shift_invert;
    shift_invert.method = redfield::SpectrumMethod::iterative;
    CHECK_THROWS_AS(redfield::spectrum(sum, 3, shift_invert), std::invalid_argument);
    // A sum of forms is a form, whose decay preconditions.
    const auto twice = redfield::sum({part, part});
    CHECK((redfield::steady_state(*twice, options).state - null_state(*twice)).norm() < 1e-8);
    options.method = redfield::SteadyMethod::direct;
    CHECK((redfield::steady_state(sum, options).state - null_state(sum)).norm() < 1e-8);
}

TEST_CASE("the resolvent gives back what 𝓛 was applied to") {
    for (const Index n : {2, 5, 9}) {
        const redfield::Redfield g(
            redfield::System{random_hermitian(n, 140), redfield::SiteProjectors{n}, bath});
        const ComplexMatrix a = random_matrix(n, 141);
        ComplexMatrix x = random_matrix(n, 142);
        x.diagonal().array() -= x.trace() / static_cast<double>(n);
        for (const Complex z : {Complex(0.0, 0.0), Complex(0.0, 1.3), Complex(0.2, -40.0)}) {
            const ComplexMatrix y = z * x - g.apply(x);
            redfield::ResolventOptions options;
            options.tol = 1e-12;
            const auto found = redfield::resolvent_trace(g, a, y, {z, z}, options);
            for (const Complex value : found.values)
                CHECK(std::abs(value - (a * x).trace()) < 1e-9 * a.norm() * x.norm());
            CHECK(found.residual < 1e-11);
        }
    }
}

namespace {

/// A user's own equation: it damps every coherence and lets the levels fall in a ring.
class Ring final : public redfield::Generator {
  public:
    explicit Ring(const ComplexMatrix& h) : Generator(redfield::Eigensystem(h)) {}
    void dissipate(const redfield::ConstRef& rho, redfield::MutableRef out,
                   redfield::linalg::Workspace&) const override {
        const Index n = dimension();
        out = -rho;
        for (Index k = 0; k < n; ++k)
            out(k, k) = static_cast<double>((k + n - 1) % n + 1) * rho((k + n - 1) % n, (k + n - 1) % n) -
                        static_cast<double>(k + 1) * rho(k, k);
    }
    redfield::SpectralBounds bounds() const override {
        return {eigensystem().bandwidth(), 2.0 * static_cast<double>(dimension())};
    }
};

}  // namespace

TEST_CASE("weak coupling is judged by its own scale, by every method") {
    for (const Index n : {4, 9}) {
        const ComplexMatrix h = 4.0 * random_hermitian(n, 171);
        redfield::Operators couplings{redfield::Operator(random_hermitian(n, 172))};
        const auto at = [&](double strength) {
            const redfield::Bath weak = [=](double w) { return strength * one_sided_gamma(w).real(); };
            return redfield::Redfield(redfield::System{h, couplings, weak}, false);
        };
        const ComplexMatrix expected = redfield::steady_state(at(1e-7)).state;
        for (const double strength : {1e-10, 3e-13, 1e-15})
            for (const auto method : {redfield::SteadyMethod::automatic, redfield::SteadyMethod::direct,
                                      redfield::SteadyMethod::iterative}) {
                redfield::SteadyOptions options;
                options.method = method;
                const redfield::SteadyState found = redfield::steady_state(at(strength), options);
                CHECK(found.unique);
                CHECK(found.error < 1e-8);
                CHECK((found.state - expected).norm() < 1e-5);
            }
    }
}

TEST_CASE("a closed system has a steady state for each pair of equal levels") {
    for (const Index n : {3, 12, 200}) {
        ComplexMatrix h = ComplexMatrix::Zero(n, n);
        for (Index k = 2; k < n; ++k) h(k, k) = std::sqrt(static_cast<double>(k));
        redfield::Operators couplings{redfield::Operator(ComplexMatrix(ComplexMatrix::Zero(n, n)))};
        const redfield::Redfield g(redfield::System{h, couplings, bath});
        try {
            redfield::steady_state(g);
            FAIL("one steady state was returned");
        } catch (const redfield::MultipleSteadyStates& several) {
            CHECK(several.count() == n + 2);
            CHECK((several.states().empty() ||
                   static_cast<Index>(several.states().size()) == several.count()));
        }
        ComplexMatrix rho = random_hermitian(n, 173);
        const ComplexMatrix late = redfield::steady_state(g, rho).state;
        for (Index k = 2; k < n; ++k) rho.col(k).setZero(), rho.row(k).setZero();
        CHECK((late.topLeftCorner(2, 2) - rho.topLeftCorner(2, 2)).norm() < 1e-12);
        CHECK(std::abs(late(0, n - 1)) < 1e-12);
    }
}

TEST_CASE("a user's own generator and a sum are solved at every size, within max_bytes") {
    for (const Index n : {3, 9, 20}) {
        const auto ring = std::make_shared<Ring>(random_hermitian(n, 174));
        const auto twice = redfield::sum({ring, ring});
        for (const redfield::Generator* g :
             {static_cast<const redfield::Generator*>(ring.get()), twice.get()}) {
            const redfield::SteadyState found = redfield::steady_state(*g);
            const ComplexMatrix inner = g->eigensystem().to_eigenbasis(found.state);
            double sum = 0.0;
            for (Index k = 0; k < n; ++k) sum += 1.0 / static_cast<double>(k + 1);
            for (Index k = 0; k < n; ++k)
                CHECK(inner(k, k).real() == doctest::Approx(1.0 / static_cast<double>(k + 1) / sum));
            if (n < 20) CHECK(redfield::spectrum(*g, 3).complete);
            redfield::SpectrumOptions small;
            small.max_bytes = 100.0;
            CHECK_THROWS_AS(redfield::spectrum(*g, 3, small), std::length_error);
        }
    }
}

TEST_CASE("the stationary distribution keeps its digits over six hundred orders of magnitude") {
    const Index n = 5;
    RealMatrix rates = RealMatrix::Zero(n, n);
    const double up[] = {1e-290, 3e-40, 2e10, 5e100}, down[] = {7e-100, 2e3, 4e-200, 1e280};
    for (Index k = 0; k + 1 < n; ++k) {
        rates(k + 1, k) = up[k];
        rates(k, k + 1) = down[k];
    }
    const auto found = redfield::equation::stationary(rates);
    REQUIRE(found.distributions.cols() == 1);
    // Detailed balance of a chain: the logarithms of neighbours differ by that of up over down.
    std::vector<long double> logs{0.0L};
    for (Index k = 0; k + 1 < n; ++k)
        logs.push_back(logs.back() + std::log(static_cast<long double>(up[k])) -
                       std::log(static_cast<long double>(down[k])));
    const long double most = *std::max_element(logs.begin(), logs.end());
    long double sum = 0.0L;
    for (const long double each : logs) sum += std::exp(each - most);
    for (Index k = 0; k < n; ++k)
        CHECK(
            found.distributions(k, 0) ==
            doctest::Approx(static_cast<double>(std::exp(logs[static_cast<std::size_t>(k)] - most) / sum))
                .epsilon(1e-12));
}

TEST_CASE("the blocked LU solves what Eigen's does") {
    for (const Index n : {1, 63, 64, 200}) {
        const RealMatrix a = random_hermitian(n, 175).real() + random_hermitian(n, 176).imag();
        const redfield::RealVector b = redfield::RealVector::LinSpaced(n, -1.0, 2.0);
        const redfield::RealVector x = redfield::steady::DenseLu(a).solve(b);
        CHECK((a * x - b).norm() < 1e-9 * (1.0 + x.norm()));
    }
}
