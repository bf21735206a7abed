#include "gradient/response.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "redfield/base/parallel.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::gradient {

namespace {

/// The distance of near levels in units of the frequency over which the function varies: there the
/// quotient has lost as many digits as the limit misses.
constexpr double nearest = 3e-5;
/// Rows and columns from which a product is made of real ones.
constexpr Index planar = 48;

}  // namespace

ComplexMatrix product(const ComplexMatrix& a, const ComplexMatrix& b, int threads) {
    ComplexMatrix out(a.rows(), b.cols());
    if (std::min({a.rows(), a.cols(), b.cols()}) < planar) {
        base::parallel_ranges(threads, b.cols(), [&](Index first, Index count) {
            out.middleCols(first, count).noalias() = a * b.middleCols(first, count);
        });
        return out;
    }
    const RealMatrix a_re = a.real(), b_re = b.real();
    const bool a_is_real = a.imag().isZero(0.0), b_is_real = b.imag().isZero(0.0);
    RealMatrix a_im, b_im, a_sum;
    if (!a_is_real) a_im = a.imag();
    if (!b_is_real) b_im = b.imag();
    if (!a_is_real && !b_is_real) a_sum = a_re + a_im;
    base::parallel_ranges(threads, b.cols(), [&](Index first, Index count) {
        const auto b_of = [&](const RealMatrix& m) { return m.middleCols(first, count); };
        RealMatrix re = a_re * b_of(b_re), im;
        if (a_is_real && b_is_real) {
            im = RealMatrix::Zero(a.rows(), count);
        } else if (b_is_real) {
            im.noalias() = a_im * b_of(b_re);
        } else if (a_is_real) {
            im.noalias() = a_re * b_of(b_im);
        } else {  // three products: (a + a')(b + b') − ab − a'b'
            const RealMatrix sum = b_of(b_re) + b_of(b_im), both = a_im * b_of(b_im);
            im.noalias() = a_sum * sum;
            im -= re + both;
            re -= both;
        }
        out.middleCols(first, count).real() = re;
        out.middleCols(first, count).imag() = im;
    });
    return out;
}

void Products::add(const ComplexMatrix& table, const ComplexMatrix& a, const ComplexMatrix& m,
                   int threads) {
    const ComplexMatrix lambda = table.cwiseProduct(a), tilde = table.transpose().cwiseProduct(m);
    lambda_m += product(lambda, m, threads);
    m_lambda += product(m, lambda, threads);
    tilde_a += product(tilde, a, threads);
    a_tilde += product(a, tilde, threads);
}

Nearness::Nearness(const RealVector& energies, const std::vector<SlopedTable>& tables, double farthest)
    : energies_(energies) {
    double scale = std::numeric_limits<double>::infinity();
    for (const SlopedTable& table : tables) {
        const double slope = table.slope.cwiseAbs().maxCoeff();
        if (slope > 0.0) scale = std::min(scale, table.value.cwiseAbs().maxCoeff() / slope);
    }
    distance_ = std::min(farthest, std::isfinite(scale) ? nearest * scale : 0.0);
    for (Index k = 0; k + 1 < energies.size(); ++k) any_ = any_ || near(k, k + 1);
}

std::vector<Kink> kinks(const RealVector& energies, const Nearness& nearness, const SlopedTable& table) {
    std::vector<Kink> out;
    if (!nearness.any()) return out;
    const Index n = energies.size();
    const double rounding =
        64.0 * std::numeric_limits<double>::epsilon() * table.value.cwiseAbs().maxCoeff();
    const double same = degeneracy_tol(energies);
    const auto beside = [&](Complex there, Complex here, Complex slope, double apart) {
        const Complex excess = (there - here) / apart - slope;
        return std::abs(excess) > rounding / std::abs(apart) ? excess : Complex(0.0);
    };
    for (Index m = 0; m < n; ++m)
        for (Index k = 0; k < n; ++k) {
            const double apart = energies[k] - energies[m];
            if (std::abs(apart) <= same || !nearness.near(k, m)) continue;
            for (Index l = 0; l < n; ++l) {
                // ω_kl = E_l − E_k falls with E_k, ω_lk rises.
                const Kink kink{k, m, l,
                                beside(table.value(k, l), table.value(m, l),
                                       0.5 * (table.slope(k, l) + table.slope(m, l)), -apart),
                                beside(table.value(l, k), table.value(l, m),
                                       0.5 * (table.slope(l, k) + table.slope(l, m)), apart)};
                if (kink.of_rows != 0.0 || kink.of_columns != 0.0) out.push_back(kink);
            }
        }
    return out;
}

void add_kinks(const std::vector<Kink>& kinks, const ComplexMatrix& a, const ComplexMatrix& m,
               ComplexMatrix& g) {
    for (const Kink& kink : kinks)
        g(kink.k, kink.m) += 2.0 * (m(kink.k, kink.n) * a(kink.n, kink.m) * kink.of_columns -
                                    a(kink.k, kink.n) * m(kink.n, kink.m) * kink.of_rows);
}

bool is_constant(const SlopedTable& table) {
    return (table.value.array() == table.value(0, 0)).all() && table.slope.isZero(0.0);
}

void add_response(const RealVector& energies, const Nearness& nearness, const ComplexMatrix& turned,
                  const Products& of_slopes, ComplexMatrix& g) {
    const Index n = energies.size();
    for (Index m = 0; m < n; ++m)
        for (Index k = 0; k < n; ++k) {
            if (k == m) continue;
            if (nearness.near(k, m))
                g(k, m) += of_slopes.tilde_a(k, m) + of_slopes.m_lambda(k, m) - of_slopes.lambda_m(k, m) -
                           of_slopes.a_tilde(k, m);
            else
                g(k, m) += 2.0 * turned(k, m) / (energies[k] - energies[m]);
        }
}

void add_response_of_levels(const ComplexMatrix& table_gradient, const ComplexMatrix& slope,
                            ComplexMatrix& g) {
    const RealMatrix turned = table_gradient.conjugate().cwiseProduct(slope).real();
    g.diagonal() += (turned.colwise().sum().transpose() - turned.rowwise().sum()).cast<Complex>();
}

ComplexMatrix hermitian_in_given_basis(const System& system, const ComplexMatrix& g) {
    const ComplexMatrix given = system.eigensystem().from_eigenbasis(g);
    return 0.5 * (given + given.adjoint());
}

void finish(const System& system, const ComplexMatrix& g, const std::vector<ComplexMatrix>& couplings,
            Gradient& out) {
    out.hamiltonian = hermitian_in_given_basis(system, g);
    const Eigensystem& eigensystem = system.eigensystem();
    const auto* projectors = std::get_if<SiteProjectors>(&system.couplings());
    if (projectors == nullptr) {
        for (const ComplexMatrix& c : couplings)
            out.couplings.push_back(eigensystem.from_eigenbasis(ComplexMatrix(2.0 * c.adjoint())));
        return;
    }
    const ComplexMatrix u = eigensystem.eigenvectors();
    out.weights.resize(static_cast<Index>(couplings.size()));
    for (std::size_t j = 0; j < couplings.size(); ++j) {
        const Eigen::RowVectorXcd row = u.row(projectors->sites[j]);
        out.weights[static_cast<Index>(j)] = 2.0 * (row * couplings[j] * row.adjoint()).value().real();
    }
}

}  // namespace redfield::gradient
