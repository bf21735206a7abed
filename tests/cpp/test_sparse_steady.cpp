#include <doctest/doctest.h>

#include <Eigen/LU>

#include "generator/matrix_of.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "reference.hpp"
#include "steady/no_jump.hpp"
#include "steady/sparse_inverse.hpp"
#include "steady/terms.hpp"

using namespace reference;
namespace steady = redfield::steady;

namespace {

/// A cavity with loss √κ a, driven by F(a + a†) off resonance, and every third level of it lifted.
struct Cavity {
    ComplexMatrix h, loss;
};
Cavity cavity(Index n) {
    Cavity out{ComplexMatrix::Zero(n, n), ComplexMatrix::Zero(n, n)};
    for (Index k = 0; k + 1 < n; ++k) {
        const double root = std::sqrt(static_cast<double>(k + 1));
        out.h(k, k + 1) = Complex(0.0, -0.7 * root);
        out.h(k + 1, k) = Complex(0.0, 0.7 * root);
        out.h(k, k) = 0.3 * static_cast<double>(k % 3);
        out.loss(k, k + 1) = 0.9 * root;
    }
    return out;
}

redfield::Redfield lindblad(const Cavity& c) {
    redfield::Operators jumps{redfield::Operator(c.loss)};
    return redfield::Redfield(redfield::System{c.h, jumps, redfield::FlatBath(1.0)});
}

ComplexMatrix right_hand_side(const Cavity& c, const ComplexMatrix& x) {
    const ComplexMatrix g = Complex(0.0, -1.0) * c.h - 0.5 * c.loss.adjoint() * c.loss;
    return g * x + x * g.adjoint() + c.loss * x * c.loss.adjoint();
}

redfield::RealVector packed_vector(const ComplexMatrix& x) {
    const RealMatrix packed = redfield::pack(x);
    return Eigen::Map<const redfield::RealVector>(packed.data(), packed.size());
}

double max_difference(const redfield::RealVector& a, const redfield::RealVector& b) {
    return (a - b).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("the coordinates of Hermitian matrices are orthonormal") {
    const RealMatrix packed = redfield::pack(random_hermitian(5, 1));
    const redfield::RealVector x = steady::to_coordinates(packed);
    CHECK(x.norm() == doctest::Approx(packed.norm()));
    CHECK((steady::from_coordinates(x) - packed).norm() < 1e-14);
}

TEST_CASE(
    "the sparse matrix of real coordinates is the equation, in either basis and of assembled rows") {
    const Cavity c = cavity(9);
    const redfield::Redfield given = lindblad(c);
    const redfield::LambdaGenerator sparse(
        redfield::lindblad(c.h.sparseView(), {redfield::SparseMatrix(c.loss.sparseView())}));
    const ComplexMatrix rho = random_hermitian(9, 3);
    for (const redfield::Generator* g : {static_cast<const redfield::Generator*>(&given),
                                         static_cast<const redfield::Generator*>(&sparse)}) {
        const auto form = steady::real_form(*g, 1e9, 1e300);
        REQUIRE(form.has_value());
        CHECK(form->frame == redfield::Frame::given);
        const redfield::RealVector change = form->matrix * steady::to_coordinates(redfield::pack(rho));
        CHECK(max_difference(change, steady::to_coordinates(redfield::pack(right_hand_side(c, rho)))) <
              1e-12);
        CHECK(form->matrix.nonZeros() < 81 * 10);
    }
    CHECK(!steady::real_form(given, 10.0, 1e300).has_value());

    const ComplexMatrix h = redfield::RealVector::LinSpaced(6, 0.0, 2.0).cast<Complex>().asDiagonal();
    ComplexMatrix a = ComplexMatrix::Zero(6, 6);
    for (Index k = 0; k + 1 < 6; ++k) a(k, k + 1) = a(k + 1, k) = 1.0;
    const redfield::System thermal{h, redfield::Operators{redfield::Operator(a)},
                                   [](double w) { return one_sided_gamma(w); }};
    const redfield::Redfield whole(thermal);
    const redfield::PartialSecular partial(thermal, 0.5);
    const ComplexMatrix state = random_hermitian(6, 4);
    for (const redfield::Generator* g : {static_cast<const redfield::Generator*>(&whole),
                                         static_cast<const redfield::Generator*>(&partial)}) {
        const auto form = steady::real_form(*g, 1e9, 1e300);
        REQUIRE(form.has_value());
        CHECK(form->frame == redfield::Frame::eigenbasis);
        const redfield::RealVector change = form->matrix * steady::to_coordinates(redfield::pack(state));
        CHECK(max_difference(change, steady::to_coordinates(redfield::pack(g->apply(state)))) < 1e-12);
    }
}

TEST_CASE("the count of an elimination is that of its factors") {
    const Index n = 40;
    steady::RealSparse tree(n, n);
    for (Index i = 0; i < n; ++i) {
        tree.insert(i, i) = 1.0;
        if (i > 0) tree.insert(i, (i - 1) / 3) = tree.coeffRef((i - 1) / 3, i) = 0.1;
        if (i % 5 == 0) tree.coeffRef(i, (7 * i + 3) % n) = 0.1;
    }
    const steady::Elimination of_tree = steady::eliminate(tree, 1e9);
    RealMatrix filled = RealMatrix::Zero(n, n);
    for (Index c = 0; c < n; ++c)
        for (steady::RealSparse::InnerIterator e(tree, c); e; ++e) {
            const Index r = of_tree.order.indices()[e.row()], k = of_tree.order.indices()[c];
            filled(r, k) = filled(k, r) = 1.0;
        }
    double operations = 0.0;
    for (Index k = 0; k < n; ++k) {
        const Eigen::VectorXd below = filled.col(k).tail(n - k - 1);
        operations += below.sum() * below.sum();
        auto rest = filled.bottomRightCorner(n - k - 1, n - k - 1);
        rest = (rest + below * below.transpose()).cwiseMin(1.0).eval();
    }
    CHECK(of_tree.entries == filled.sum());
    CHECK(of_tree.operations == operations);
    CHECK(of_tree.entries < 6.0 * n);
    const steady::RealSparse full = RealMatrix::Ones(12, 12).sparseView();
    const steady::Elimination of_full = steady::eliminate(full, 1e9);
    CHECK(of_full.entries == 144);
    CHECK(of_full.operations == 11.0 * 12.0 * 23.0 / 6.0);
    CHECK(steady::eliminate(full, 20.0).operations > 20.0);

    const steady::Components parts =
        steady::components(steady::RealSparse(RealMatrix(RealMatrix::Identity(4, 4)).sparseView()));
    CHECK(parts.count == 4);
    CHECK(steady::components(tree).count == 1);
}

TEST_CASE("the sparse inverse inverts 𝓛 − σ and the bordered equation") {
    const Index n = 12;
    const Cavity c = cavity(n);
    const redfield::Redfield g = lindblad(c);
    const auto elimination =
        std::make_shared<const steady::SparseElimination>(g, *steady::real_form(g, 1e9, 1e300), 1e300);
    CHECK(elimination->operations() > 0.0);
    const ComplexMatrix x = random_hermitian(n, 5), one = ComplexMatrix::Identity(n, n);
    const auto packed = [&](const ComplexMatrix& m) {
        return packed_vector(g.eigensystem().to_eigenbasis(m));
    };
    redfield::RealVector back;
    const double shift = 0.4, weight = 1.7;
    steady::SparseInverse(elimination, shift, 0.0, 1e-12)
        .apply(packed(right_hand_side(c, x) - shift * x), back);
    CHECK(max_difference(back, packed(x)) < 1e-11);
    const Complex trace = weight * x.trace() / static_cast<double>(n);
    steady::SparseInverse(elimination, 0.0, weight, 1e-12)
        .apply(packed(right_hand_side(c, x) + trace * one), back);
    CHECK(max_difference(back, packed(x)) < 1e-11);
}

TEST_CASE("a part that is singular is damped") {
    // Nothing acts on the last two levels, so that they and their coherences stay.
    const Index n = 8;
    Cavity c = cavity(n);
    for (ComplexMatrix* m : {&c.h, &c.loss}) {
        m->rightCols(2).setZero();
        m->bottomRows(2).setZero();
    }
    const redfield::LambdaGenerator g(
        redfield::lindblad(c.h.sparseView(), {redfield::SparseMatrix(c.loss.sparseView())}));
    const auto elimination =
        std::make_shared<const steady::SparseElimination>(g, *steady::real_form(g, 1e9, 1e300), 1e300);
    const steady::SparseInverse inverse(elimination, 0.0, 1.0, 1e-9);
    redfield::RealVector back;
    inverse.apply(packed_vector(random_hermitian(n, 6)), back);
    CHECK(back.allFinite());
    CHECK(back.norm() < 1e11);
}

TEST_CASE("the triangular Sylvester equation and the no-jump inverse") {
    for (const auto& [m, n] : {std::pair<Index, Index>{3, 5}, {40, 21}, {17, 64}}) {
        ComplexMatrix a = random_matrix(m, 7), b = random_matrix(n, 8);
        for (ComplexMatrix* t : {&a, &b}) {
            *t = ComplexMatrix(t->triangularView<Eigen::Upper>()) / static_cast<double>(t->rows());
            t->diagonal().array() -= 1.0;
        }
        const ComplexMatrix x = random_matrix(std::max(m, n), 9).topLeftCorner(m, n);
        ComplexMatrix c = a * x + x * b.adjoint();
        steady::solve_sylvester(a, b, c, 1e-300);
        CHECK((c - x).norm() < 1e-10 * x.norm());
    }
    const Cavity c = cavity(20);
    const redfield::LambdaGenerator g(
        redfield::lindblad(c.h.sparseView(), {redfield::SparseMatrix(c.loss.sparseView())}));
    const ComplexMatrix drift = steady::drift(g), x = random_hermitian(20, 10);
    redfield::RealVector back;
    steady::NoJumpInverse(drift)
        .shifted(0.2, 1e-12)
        .apply(packed_vector(drift * x + x * drift.adjoint() - 0.2 * x), back);
    CHECK(max_difference(back, packed_vector(x)) < 1e-9);
}

TEST_CASE("generators without a system, and limits of memory") {
    const Cavity c = cavity(30);
    const redfield::LambdaGenerator g(
        redfield::lindblad(c.h.sparseView(), {redfield::SparseMatrix(c.loss.sparseView())}));
    const redfield::Redfield in_eigenbasis = lindblad(c);
    const ComplexMatrix expected = redfield::steady_state(in_eigenbasis).state;
    CHECK(right_hand_side(c, expected).norm() < 1e-10);
    for (const auto method : {redfield::SteadyMethod::automatic, redfield::SteadyMethod::direct,
                              redfield::SteadyMethod::iterative}) {
        redfield::SteadyOptions options;
        options.method = method;
        const redfield::SteadyState found = redfield::steady_state(g, options);
        CHECK((found.state - expected).norm() < 1e-8);
        CHECK(found.unique);
        options.max_bytes = 1e3;
        CHECK_THROWS_AS(redfield::steady_state(g, options), std::length_error);
    }
    const redfield::Spectrum slow = redfield::spectrum(g, 3),
                             other = redfield::spectrum(in_eigenbasis, 3);
    CHECK(slow.gap == doctest::Approx(other.gap).epsilon(1e-6));
}
