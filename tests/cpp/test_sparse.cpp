#include <doctest/doctest.h>

#include "linalg/lanczos.hpp"
#include "linalg/row_blocks.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::SparseMatrix;

namespace {

/// About a third of a random matrix.
SparseMatrix random_sparse_hermitian(Index n, unsigned seed) {
    const SparseMatrix a = random_sparse(n, seed);
    return SparseMatrix(0.5 * (a + SparseMatrix(a.adjoint())));
}

}  // namespace

TEST_CASE("a sparse equation: jumps, couplings and site factors against dense products") {
    for (const Index n : {1, 7, 8, 21}) {
        const SparseMatrix h = random_sparse_hermitian(n, 1), k = random_sparse(n, 2),
                           l = random_sparse(n, 3);
        const SparseMatrix lambda = random_sparse(n, 4), b = random_sparse(n, 5);
        const Index site = n / 2;
        redfield::SiteFactor factor;
        factor.site = site;
        for (Index s = 0; s < n; s += 2) factor.support.push_back(static_cast<std::int32_t>(s));
        const auto size = static_cast<Index>(factor.support.size());
        factor.left = random_matrix(size, 6).leftCols(1);
        factor.right = random_matrix(size, 7).leftCols(1);
        ComplexMatrix whole = ComplexMatrix::Zero(n, n);
        for (Index r = 0; r < size; ++r)
            for (Index c = 0; c < size; ++c)
                whole(factor.support[static_cast<std::size_t>(r)],
                      factor.support[static_cast<std::size_t>(c)]) =
                    (factor.left * factor.right.adjoint())(r, c);
        const redfield::LambdaGenerator generator(
            redfield::sparse_form(h, k, {{SparseMatrix(), l}, {lambda, b}}, {factor}));
        CHECK(generator.frame() == redfield::Frame::given);
        const ComplexMatrix x = random_matrix(n, 8);
        ComplexMatrix projector = ComplexMatrix::Zero(n, n);
        projector(site, site) = 1.0;
        const ComplexMatrix dense_l(l), dense_lambda(lambda), dense_b(b), dense_k(k);
        const ComplexMatrix expected =
            commutator(h, x) - dense_k * x - x * dense_k.adjoint() + dense_l * x * dense_l.adjoint() +
            dense_lambda * x * dense_b.adjoint() + dense_b * x * dense_lambda.adjoint() +
            whole * x * projector + projector * x * whole.adjoint();
        for (const int threads : {1, 2})
            CHECK((generator.apply(x, threads) - expected).cwiseAbs().maxCoeff() <
                  1e-12 * static_cast<double>(n));
        // tr(Y 𝓛X) = tr((𝓛†Y) X), Y transposed.
        const ComplexMatrix y = random_matrix(n, 9);
        const ComplexMatrix moved = generator.adjoint()->apply(y.transpose().eval()).transpose();
        CHECK(std::abs((moved * x).trace() - (y * expected).trace()) < 1e-11 * x.norm() * y.norm());
        CHECK(generator.apply(x, 1) == generator.apply(x, 2));
    }
}

TEST_CASE("a sparse equation evolves as a dense one does, and its adjoint is its adjoint") {
    const Index n = 12;
    const SparseMatrix h = random_sparse_hermitian(n, 1), l = 0.3 * random_sparse(n, 2);
    const redfield::LambdaGenerator sparse(redfield::lindblad(h, std::vector<SparseMatrix>{l}));
    const redfield::Redfield dense{
        redfield::System{ComplexMatrix(h), redfield::Operators{l}, [](double) { return Complex(0.5); }}};
    const ComplexMatrix rho = random_state(n, 3), x = random_matrix(n, 4);
    const auto one = redfield::evolve(sparse, rho, {0.0, 2.0}),
               other = redfield::evolve(dense, rho, {0.0, 2.0});
    CHECK(one.stats.frame == redfield::Frame::given);
    CHECK(other.stats.frame == redfield::Frame::eigenbasis);
    CHECK((one.states[1] - other.states[1]).cwiseAbs().maxCoeff() < 1e-6);
    // Between transposed operators.
    const ComplexMatrix moved = sparse.adjoint()->apply(x.transpose().eval()).transpose();
    CHECK(std::abs((moved * rho).trace() - (x * sparse.apply(rho)).trace()) < 1e-12);
}

TEST_CASE("sparse input is checked") {
    const SparseMatrix h = random_sparse_hermitian(4, 1);
    const auto make = [](redfield::LambdaForm form) { redfield::LambdaGenerator{std::move(form)}; };
    CHECK_THROWS_AS(make(redfield::lindblad(random_sparse(4, 2), {})), std::invalid_argument);
    CHECK_THROWS_AS(make(redfield::lindblad(h, {random_sparse(3, 1)})), std::invalid_argument);
    redfield::SiteFactor outside{4, {0}, ComplexMatrix::Ones(1, 1), ComplexMatrix::Ones(1, 1)};
    CHECK_THROWS_AS(make(redfield::sparse_form(h, h, {}, {outside})), std::invalid_argument);
}

TEST_CASE("Lanczos' bounds hold every eigenvalue and are not wide") {
    for (const Index n : {1, 2, 9, 60}) {
        const SparseMatrix h = random_sparse_hermitian(n, 3);
        const RealVector e = diagonalise(h).energies;
        for (const auto& range :
             {redfield::linalg::spectral_range(h), redfield::linalg::spectral_range(ComplexMatrix(h))}) {
            CHECK(range.least <= e[0] + 1e-12);
            CHECK(range.most >= e[n - 1] - 1e-12);
            CHECK(range.most - range.least <= 1.1 * (e[n - 1] - e[0]) + 1e-9);
        }
    }
}

namespace {

/// 1 ⊗ A ⊗ 1, some of whose rows are then emptied.
SparseMatrix of_sites(const ComplexMatrix& a, Index before, Index after, Index emptied) {
    const Index d = a.rows(), n = before * d * after;
    std::vector<Eigen::Triplet<Complex>> entries;
    for (Index x = 0; x < before; ++x)
        for (Index z = 0; z < after; ++z)
            for (Index r = 0; r < d; ++r)
                for (Index c = 0; c < d; ++c) {
                    const Index row = (x * d + r) * after + z;
                    if (emptied > 0 && row % emptied == 0) continue;
                    entries.emplace_back(row, (x * d + c) * after + z, a(r, c));
                }
    SparseMatrix out(n, n);
    out.setFromTriplets(entries.begin(), entries.end());
    return out;
}

template <class Scalar>
void check_row_blocks(const SparseMatrix& a, double tolerance) {
    using Panel = Eigen::Matrix<Scalar, redfield::linalg::lane_count<Scalar>, Eigen::Dynamic>;
    const Index n = a.rows();
    const redfield::linalg::RowBlocks<Scalar> blocks(a);
    // Planes x₊ = Re + Im, x₋ = Re − Im of eight or sixteen columns, whose rows are columns here.
    const ComplexMatrix x =
        random_matrix(std::max<Index>(n, 16), 5).topLeftCorner(n, Panel::RowsAtCompileTime);
    Panel x_plus = (x.real() + x.imag()).transpose().cast<Scalar>();
    Panel x_minus = (x.real() - x.imag()).transpose().cast<Scalar>();
    const auto found = [&](const Panel& plus, const Panel& minus) {
        const ComplexMatrix re = (0.5 * (plus + minus)).template cast<Complex>();
        const ComplexMatrix im = (0.5 * (plus - minus)).template cast<Complex>();
        return ComplexMatrix((re + Complex(0.0, 1.0) * im).transpose());
    };
    Panel plus = Panel::Constant(Panel::RowsAtCompileTime, n, 2), minus = plus, only = plus;
    const redfield::linalg::PanelPlanes<Scalar> planes{x_plus.data(), x_minus.data()};
    blocks.add_product(planes, {plus.data(), minus.data()});
    const ComplexMatrix expected = a * x;
    const ComplexMatrix shift = ComplexMatrix::Constant(n, x.cols(), 2.0);
    CHECK((found(plus, minus) - shift - expected).norm() <= tolerance * (1.0 + expected.norm()));
    blocks.add_plus(planes, only.data());
    CHECK(only == plus);

    Eigen::Array<Scalar, Panel::RowsAtCompileTime, 1> of_lane;
    for (Index l = 0; l < of_lane.size(); ++l)
        of_lane[l] = static_cast<Scalar>(0.25 * static_cast<double>(l));
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> of_row(n);
    for (Index r = 0; r < n; ++r) of_row[r] = static_cast<Scalar>(r % 3);
    Panel weighted = Panel::Zero(Panel::RowsAtCompileTime, n), weighted_minus = weighted;
    blocks.add_product(planes, {weighted.data(), weighted_minus.data()}, of_lane, of_row.data());
    ComplexMatrix scaled = expected;
    for (Index r = 0; r < n; ++r)
        for (Index l = 0; l < x.cols(); ++l) scaled(r, l) *= static_cast<double>(of_lane[l] - of_row[r]);
    CHECK((found(weighted, weighted_minus) - scaled).norm() <= tolerance * (1.0 + scaled.norm()));
}

}  // namespace

TEST_CASE("rows with the same columns are multiplied as dense blocks, alike ones kept once") {
    const ComplexMatrix complex = random_matrix(6, 1), real = random_matrix(6, 2).real().cast<Complex>();
    for (const ComplexMatrix& a : {complex, real})
        for (const Index emptied : {0, 5}) {
            const SparseMatrix m = of_sites(a, 3, 4, emptied);
            check_row_blocks<double>(m, 1e-14);
            check_row_blocks<float>(m, 1e-6);
        }
    check_row_blocks<double>(random_sparse(23, 3), 1e-14);
    check_row_blocks<double>(SparseMatrix(7, 7), 0.0);
    const redfield::linalg::RowBlocks<double> blocks(of_sites(complex, 8, 16, 0));
    CHECK(blocks.blocked() == 8 * 16 * 36);
    CHECK(blocks.stored() == 2 * 8 * 6);  // six rows fill up to eight
}

TEST_CASE("a coupling with a real diagonal, whatever K is, and jumps with few and many non-zeros a row") {
    for (const Index n : {1, 9, 24}) {
        const SparseMatrix h = random_sparse_hermitian(n, 1), k = random_sparse(n, 2),
                           lambda = random_sparse(n, 3);
        SparseMatrix b(n, n);
        for (Index i = 0; i < n; ++i) b.insert(i, i) = std::cos(static_cast<double>(i));
        const SparseMatrix few = of_sites(random_matrix(1, 4), n, 1, 0);
        const SparseMatrix many = random_matrix(n, 5).sparseView();
        const redfield::LambdaGenerator generator(
            redfield::sparse_form(h, k, {{lambda, b}, {SparseMatrix(), few}, {SparseMatrix(), many}}));
        const ComplexMatrix rho = random_matrix(n, 6);  // not Hermitian
        ComplexMatrix expected = commutator(h, rho) - k * rho - rho * ComplexMatrix(k).adjoint();
        expected += lambda * rho * b + b * rho * ComplexMatrix(lambda).adjoint();
        for (const SparseMatrix& l : {few, many}) expected += l * rho * ComplexMatrix(l).adjoint();
        for (const int threads : {1, 2})
            CHECK((generator.apply(rho, threads) - expected).norm() <= 1e-13 * (1.0 + expected.norm()));
    }
}
