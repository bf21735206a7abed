#include <doctest/doctest.h>

#include <random>

#include "linalg/markov_chain.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::linalg::MarkovChain;

namespace {

RealMatrix random_rates(Index n, double beta) {
    std::mt19937 engine(7);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    RealMatrix r = RealMatrix::Zero(n, n);
    for (Index k = 0; k < n; ++k)
        for (Index l = 0; l < k; ++l) {
            const double rate = uniform(engine);  // from the higher level k to l, and back with e^{-βΔ}
            r(l, k) = rate;
            r(k, l) = rate * std::exp(-beta * static_cast<double>(k - l));
        }
    for (Index k = 0; k < n; ++k) r(k, k) = -r.col(k).sum();
    return r;
}

}  // namespace

TEST_CASE("populations follow the matrix exponential, by vectors and by squaring") {
    const RealMatrix r = random_rates(6, 0.7);
    RealVector p = RealVector::Zero(6);
    p[5] = 1.0;
    for (const double t : {1e-3, 0.5, 7.0, 1e3, 1e7}) {
        MarkovChain chain(r);
        const RealVector out = chain.advance(p, t);
        const RealVector expected = exponential(r * std::min(t, 1e3)) * p;
        CHECK((out - expected).cwiseAbs().maxCoeff() < 1e-12);
        CHECK(out.minCoeff() >= 0.0);
        CHECK(out.sum() == doctest::Approx(1.0).epsilon(1e-14));
    }
}

TEST_CASE("equal steps give what one long step gives") {
    const RealMatrix r = random_rates(30, 0.2);
    RealVector p = RealVector::Zero(30), q = p;
    p[3] = q[3] = 1.0;
    MarkovChain chain(r), once(r);
    for (int i = 0; i < 200; ++i) p = chain.advance(p, 0.05);
    q = once.advance(q, 10.0);
    CHECK((p - q).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("a bandwidth of a thousand temperatures neither overflows nor loses probability") {
    const RealMatrix r = random_rates(20, 1000.0);
    RealVector p = RealVector::Constant(20, 0.05);
    MarkovChain chain(r);
    p = chain.advance(p, 1e4);
    CHECK(p[0] == doctest::Approx(1.0).epsilon(1e-12));
    CHECK(p.minCoeff() >= 0.0);
}
