#include <doctest/doctest.h>

#include <cmath>
#include <redfield/redfield.hpp>

#include "reference.hpp"

using namespace reference;
namespace driven = redfield::driven;

namespace {

/// A white bath of rate γ: δ(s) at the end of every history.
driven::CorrelationWeights white(double rate) {
    const Index m = driven::panel_points;
    return {0.5 * rate * ComplexMatrix::Identity(m, m), ComplexMatrix(0, 0), ComplexMatrix(0, 0), {}};
}

driven::TimeConvolutionless memory_of(std::vector<double> panels) {
    const std::vector<Index> lengths(panels.size() - 1, 0);
    const driven::TimeOperator h(3, [](double t) {
        return ComplexMatrix(random_hermitian(3, 95) + std::sin(t) * random_hermitian(3, 96));
    });
    return {h,       {driven::TimeOperator(random_matrix(3, 97))},
            {0},     std::move(panels),
            lengths, {{white(0.1)}},
            {},      0.5};
}

ComplexMatrix last_state(const driven::TimeConvolutionless& memory, const std::vector<double>& times) {
    const RealMatrix start = redfield::pack(random_state(3, 98));
    RealMatrix last;
    driven::Options options;
    options.rtol = options.atol = 1e-10;
    driven::evolve(memory, 1e300, {start, redfield::Frame::given}, times, options,
                   [&](Index, redfield::StateView state) { last = state.packed; });
    return redfield::unpack(last);
}

std::vector<double> equal(double last, int count) {
    std::vector<double> out;
    for (int k = 0; k <= count; ++k) out.push_back(last * k / count);
    return out;
}

}  // namespace

TEST_CASE("a memory of no length is Lindblad's equation") {
    const driven::TimeConvolutionless memory = memory_of(equal(2.0, 16));
    const driven::Drive lindblad{[&](const driven::Moment& moment) {
        return std::make_shared<redfield::Redfield>(
            redfield::System(memory.hamiltonian.at(moment), redfield::Operators{random_matrix(3, 97)},
                             [](double) { return Complex(0.05, 0.0); }));
    }};
    const RealMatrix start = redfield::pack(random_state(3, 98));
    RealMatrix expected;
    driven::Options options;
    options.rtol = options.atol = 1e-10;
    driven::evolve(lindblad, {start, redfield::Frame::given}, {0.0, 2.0}, options,
                   [&](Index, redfield::StateView state) { expected = state.packed; });
    CHECK((last_state(memory, {0.0, 2.0}) - redfield::unpack(expected)).norm() < 1e-8);
    // Outputs and panels are not part of the answer.
    CHECK((last_state(memory, {0.0, 0.3, 0.9, 2.0}) - redfield::unpack(expected)).norm() < 1e-8);
    CHECK((last_state(memory_of(equal(2.0, 29)), {0.0, 2.0}) - redfield::unpack(expected)).norm() < 1e-8);
}

TEST_CASE("panels that are too long are told of, and so is what does not fit") {
    CHECK_THROWS_AS(last_state(memory_of({0.0, 40.0}), {0.0, 40.0}), driven::UnresolvedPanel);
    driven::TimeConvolutionless memory = memory_of(equal(2.0, 16));
    memory.length_of_panel.pop_back();
    CHECK_THROWS_WITH_AS(last_state(memory, {0.0, 2.0}), doctest::Contains("two ends"),
                         std::invalid_argument);
}
