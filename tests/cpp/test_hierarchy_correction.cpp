#include <doctest/doctest.h>

#include <Eigen/LU>
#include <redfield/hierarchy/correction.hpp>
#include <redfield/linalg/hermitian.hpp>
#include <redfield/redfield.hpp>

#include "hierarchy/two_tiers.hpp"
#include "hierarchy_reference.hpp"

using namespace reference;
using redfield::Exponentials;

namespace {

Exponentials sum(const std::vector<Complex>& c, const std::vector<Complex>& rates) {
    const auto size = static_cast<Index>(c.size());
    return {Eigen::Map<const Eigen::VectorXcd>(c.data(), size),
            Eigen::Map<const Eigen::VectorXcd>(rates.data(), size)};
}

/// Baths A, B, A, …: a real rate beside a lone complex one, and a pair of conjugate rates.
std::vector<Exponentials> alternating(std::size_t count) {
    std::vector<Exponentials> out;
    for (std::size_t j = 0; j < count; ++j) out.push_back(example_baths()[j % 2]);
    return out;
}

/// The exponentials of C and of C* as papers write them, of each bath of `on`, a coupling each.
std::vector<Exponential> written_out(const std::vector<Exponentials>& baths,
                                     const std::vector<std::size_t>& on) {
    std::vector<Exponential> out;
    for (std::size_t j = 0; j < baths.size(); ++j) {
        const auto &c = baths[j].coefficients, &rates = baths[j].rates;
        for (Index k = 0; k < c.size(); ++k) {
            Complex conjugate = 0.0;
            bool found = false;
            for (Index l = 0; l < c.size(); ++l)
                if (rates[l] == std::conj(rates[k])) {
                    conjugate = std::conj(c[l]);
                    found = true;
                }
            out.push_back({on[j], c[k], conjugate, rates[k]});
            if (!found) out.push_back({on[j], 0.0, std::conj(c[k]), std::conj(rates[k])});
        }
    }
    return out;
}

/// −κ in the eigenbasis: Redfield's dissipator of |a⟩⟨b|, ΛXA − AΛX + AXΛ† − XΛ†A, at (a, b).
/// With `slow` rates its largest parts cancel, and their differences are taken.
ComplexMatrix diagonal_of_redfield(const Eigenpairs& eigen, const std::vector<ComplexMatrix>& couplings,
                                   const std::vector<Exponential>& terms, bool slow = false) {
    const Index n = eigen.energies.size();
    const Complex i(0.0, 1.0);
    ComplexMatrix out = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < couplings.size(); ++j) {
        const ComplexMatrix a = eigen.vectors.adjoint() * couplings[j] * eigen.vectors;
        ComplexMatrix lambda = ComplexMatrix::Zero(n, n);
        for (const Exponential& term : terms)
            for (Index l = 0; term.coupling == j && l < n; ++l)
                for (Index k = 0; k < n; ++k)
                    lambda(k, l) +=
                        term.c * a(k, l) / (term.rate + i * (eigen.energies[k] - eigen.energies[l]));
        const auto of = [&](const ComplexMatrix& x) {
            return ComplexMatrix(lambda * x * a - a * lambda * x + a * x * lambda.adjoint() -
                                 x * lambda.adjoint() * a);
        };
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k) {
                if (slow) {
                    const Complex same = (a(k, k) - a(l, l)) * (lambda(k, k) - std::conj(lambda(l, l)));
                    out(k, l) -= same;
                    for (Index m = 0; m < n; ++m) {
                        if (m != k) out(k, l) -= a(k, m) * lambda(m, k);
                        if (m != l) out(k, l) -= std::conj(a(l, m) * lambda(m, l));
                    }
                    continue;
                }
                ComplexMatrix x = ComplexMatrix::Zero(n, n);
                x(k, l) = 1.0;
                out(k, l) += of(x)(k, l);
            }
    }
    return out;
}

/// r of the matrix of a hierarchy of depth 2, tier by tier, without −i[H, ρ].
ComplexMatrix from_matrix(const DenseHierarchy& dense, Index terms, const ComplexMatrix& rho,
                          const Eigenpairs& eigen, const ComplexMatrix& kept) {
    using Vector = Eigen::VectorXcd;
    const Index n = dense.n, size = n * n, first = size * terms,
                second = dense.matrix.rows() - size - first;
    const auto block = [&](Index row, Index column, Index rows, Index columns) {
        return dense.matrix.block(row, column, rows, columns);
    };
    ComplexMatrix damping(size, size);  // X ↦ V(K∘V†XV)V†
    for (Index e = 0; e < size; ++e) {
        ComplexMatrix x = ComplexMatrix::Zero(n, n);
        x(e % n, e / n) = 1.0;
        const ComplexMatrix turned = eigen.vectors.adjoint() * x * eigen.vectors;
        const ComplexMatrix moved = eigen.vectors * kept.cwiseProduct(turned) * eigen.vectors.adjoint();
        damping.col(e) = Eigen::Map<const Vector>(moved.data(), size);
    }
    const auto solved = [&](Index at, const Vector& right, double damped) {
        Vector out(right.size());
        for (Index e = 0; e < right.size(); e += size)
            out.segment(e, size) = -ComplexMatrix(block(at + e, at + e, size, size) + damped * damping)
                                        .lu()
                                        .solve(right.segment(e, size));
        return out;
    };
    const Vector state = Eigen::Map<const Vector>(rho.data(), size);
    const Vector below = block(size, 0, first, size) * state, rest = solved(size, below, 0.0);
    const Vector y2 = solved(size + first, block(size + first, size, second, first) * rest, 0.0);
    const Vector above = block(size, size + first, first, second) * y2;
    const Vector out = block(0, size, size, first) * (rest + solved(size, above, 1.0));
    return Eigen::Map<const ComplexMatrix>(out.data(), n, n);
}

/// The same, operator by operator in the eigenbasis, where slow rates cost no digits.
ComplexMatrix one_by_one(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                         const std::vector<Exponential>& terms, const ComplexMatrix& given) {
    const Eigenpairs eigen = diagonalise(h);
    const ComplexMatrix &v = eigen.vectors, rho = v.adjoint() * given * v;
    const Complex i(0.0, 1.0);
    std::vector<ComplexMatrix> a;
    for (const Exponential& term : terms) a.push_back(v.adjoint() * couplings[term.coupling] * v);
    const auto down = [&](std::size_t k, const ComplexMatrix& x) {
        return ComplexMatrix(-i * (terms[k].c * a[k] * x - terms[k].conjugate * x * a[k]));
    };
    const auto divided = [&](const ComplexMatrix& x, Complex rate) {
        ComplexMatrix out = x;
        for (Index l = 0; l < x.cols(); ++l)
            for (Index k = 0; k < x.rows(); ++k)
                out(k, l) /= rate + i * (eigen.energies[k] - eigen.energies[l]);
        return out;
    };
    std::vector<ComplexMatrix> first;
    for (std::size_t k = 0; k < terms.size(); ++k) first.push_back(divided(down(k, rho), terms[k].rate));
    const ComplexMatrix kept = diagonal_of_redfield(eigen, couplings, terms, true);
    ComplexMatrix out = ComplexMatrix::Zero(h.rows(), h.rows());
    for (std::size_t k = 0; k < terms.size(); ++k) {
        ComplexMatrix s = ComplexMatrix::Zero(h.rows(), h.rows());
        for (std::size_t l = 0; l < terms.size(); ++l)
            s += commutator(
                a[l], divided(down(k, first[l]) + down(l, first[k]), terms[k].rate + terms[l].rate));
        for (Index q = 0; q < s.cols(); ++q)
            for (Index p = 0; p < s.rows(); ++p)
                s(p, q) /= terms[k].rate - kept(p, q) + i * (eigen.energies[p] - eigen.energies[q]);
        out += commutator(a[k], first[k] + s);
    }
    return v * out * v.adjoint();
}

ComplexMatrix found(const redfield::System& system, const std::vector<Exponentials>& baths,
                    const ComplexMatrix& rho, int threads = 1) {
    const redfield::Hierarchy hierarchy(system, baths, 0);
    const redfield::hierarchy::TwoTiers two_tiers(hierarchy, threads, 1e300);
    const redfield::Eigensystem& eigen = system.eigensystem();
    return eigen.from_eigenbasis(redfield::unpack(two_tiers(redfield::pack(eigen.to_eigenbasis(rho)))));
}

void compare(const ComplexMatrix& h, const redfield::Couplings& couplings,
             const std::vector<ComplexMatrix>& matrices, const std::vector<Exponentials>& baths,
             bool slow = false) {
    std::vector<std::size_t> on;
    for (std::size_t j = 0; j < matrices.size(); ++j) on.push_back(j);
    const std::vector<Exponential> terms = written_out(baths, on);
    const ComplexMatrix rho = random_state(h.rows(), 9);
    const ComplexMatrix expected =
        slow ? one_by_one(h, matrices, terms, rho)
             : from_matrix(DenseHierarchy(h, matrices, terms, 2), static_cast<Index>(terms.size()), rho,
                           diagonalise(h), diagonal_of_redfield(diagonalise(h), matrices, terms));
    const redfield::System system = system_of(h, couplings);
    const ComplexMatrix one = found(system, baths, rho);
    CHECK((one - expected).norm() <= 1e-12 * (1.0 + expected.norm()));
    CHECK((found(system, baths, rho, 2) - one).norm() <= 1e-13 * (1.0 + one.norm()));
}

/// Site projectors and dense couplings of N levels, three of each, the last two on one site or equal.
void compare_both(const ComplexMatrix& h) {
    const Index n = h.rows();
    RealVector weights(3);
    weights << 0.8, -0.5, -0.5;
    const redfield::SiteProjectors sites({0, n - 1, n - 1}, weights);
    std::vector<ComplexMatrix> projectors(3, ComplexMatrix::Zero(n, n));
    for (std::size_t j = 0; j < 3; ++j)
        projectors[j](sites.sites[j], sites.sites[j]) = weights[static_cast<Index>(j)];
    compare(h, sites, projectors, alternating(3));
    std::vector<ComplexMatrix> dense{0.4 * random_hermitian(n, 5), 0.3 * random_hermitian(n, 6)};
    dense.push_back(dense[1]);
    compare(h, redfield::Operators{dense[0], dense[1], redfield::SparseMatrix(dense[2].sparseView())},
            dense, alternating(3));
}

}  // namespace

TEST_CASE("two tiers at rest are those of the matrix of a hierarchy of depth 2") {
    for (const Index n : {1, 2, 5}) {
        CAPTURE(n);
        compare_both(random_hermitian(n, 4));
        compare_both(ComplexMatrix(random_hermitian(n, 3).real()));
    }
}

TEST_CASE("two tiers of degenerate levels") {
    ComplexMatrix h = ComplexMatrix::Zero(4, 4);
    h.diagonal() << 1.0, 1.0, 1.0, 2.0;
    compare_both(h);
    h(3, 3) = 1.0;
    compare_both(h);
    h += 1e-9 * random_hermitian(4, 2);
    compare_both(h);
}

TEST_CASE("two tiers of several projectors beside equal and unequal baths") {
    const Index n = 4;
    const ComplexMatrix h = random_hermitian(n, 7);
    std::vector<ComplexMatrix> matrices(4, ComplexMatrix::Zero(n, n));
    RealVector weights(4);
    weights << 0.8, 0.7, 0.0, -0.9;
    for (Index j = 0; j < n; ++j) matrices[static_cast<std::size_t>(j)](j, j) = weights[j];
    compare(h, redfield::SiteProjectors({0, 1, 2, 3}, weights), matrices, alternating(4));
}

TEST_CASE("two tiers of baths slower by far than the levels' frequencies keep their digits") {
    const ComplexMatrix h = random_hermitian(4, 4);
    const std::vector<Exponentials> baths{sum({{1e-7, -2e-8}}, {2e-7}), sum({{2e-6, 3e-7}}, {3e-6})};
    const std::vector<ComplexMatrix> dense{random_hermitian(4, 5), random_hermitian(4, 6)};
    compare(h, redfield::Operators{dense[0], dense[1]}, dense, baths, true);
    std::vector<ComplexMatrix> projectors(2, ComplexMatrix::Zero(4, 4));
    projectors[0](0, 0) = projectors[1](2, 2) = 1.0;
    compare(h, redfield::SiteProjectors({0, 2}, RealVector::Ones(2)), projectors, baths, true);
}

TEST_CASE("two tiers of rates over ten decades keep their digits") {
    for (const double width : {1.0, 1e-7}) {
        const ComplexMatrix h = width * random_hermitian(3, 4);
        const std::vector<Exponentials> baths{
            sum({{1e-7, -2e-8}, {0.1, -0.3}, {400.0, -30.0}}, {1e-6, {0.5, 2.0}, 1e4}),
            sum({{1e-7, 3e-8}, {2e-4, 1e-4}, {1e-4, 2e-4}}, {2e-6, {1e-3, 1.0}, {1e-3, -1.0}})};
        const std::vector<ComplexMatrix> dense{random_hermitian(3, 5), random_hermitian(3, 6)};
        compare(h, redfield::Operators{dense[0], dense[1]}, dense, baths, true);
        std::vector<ComplexMatrix> projectors(2, ComplexMatrix::Zero(3, 3));
        projectors[0](0, 0) = projectors[1](2, 2) = 1.0;
        compare(h, redfield::SiteProjectors({0, 2}, RealVector::Ones(2)), projectors, baths, true);
    }
}

TEST_CASE("the correction of a steady state vanishes where the state is exact and refuses remainders") {
    const ComplexMatrix h = random_hermitian(2, 4);
    const std::vector<ComplexMatrix> a{random_hermitian(2, 5), random_hermitian(2, 6)};
    const redfield::System system = system_of(h, redfield::Operators{a[0], a[1]});
    std::vector<Exponentials> baths;
    for (Exponentials bath : example_baths()) {
        bath.coefficients *= 1e-6;
        baths.push_back(bath);
    }
    const std::vector<std::size_t> on{0, 1};
    const ComplexMatrix steady = DenseHierarchy(h, a, written_out(baths, on), 3).steady_state();
    const auto change = redfield::hierarchy::steady_corrections(system, baths, {steady});
    CHECK(change[0].norm() < 1e-7);
    CHECK_THROWS_AS(redfield::hierarchy::steady_corrections(system, baths, {steady}, 1, 1e3),
                    std::length_error);
    baths[1].remainder = 0.1;
    CHECK_THROWS_AS(redfield::hierarchy::steady_corrections(system, baths, {steady}),
                    std::invalid_argument);
}
