#include "hierarchy/team_sum.hpp"
#include "hierarchy/two_tiers.hpp"

namespace redfield::hierarchy {

/// The columns X_j′u_j, rows (u_j†X_j′)ᵀ and diagonals of matrices X_j, X_j′ being X_j without its
/// diagonal.
struct TwoTiers::Sums {
    ComplexMatrix columns, rows, diagonals;
    Sums& operator+=(const Sums& other) {
        columns += other.columns;
        rows += other.rows;
        diagonals += other.diagonals;
        return *this;
    }
};

/// Σ_j −i[A_j, X_j]; of the diagonals nothing but rounding would enter its own, see add_commutator.
ComplexMatrix TwoTiers::commutators(const Sums& x) const {
    const ComplexMatrix weighted = sites_ * weights_.asDiagonal();
    ComplexMatrix out = weighted * (x.rows + x.diagonals.cwiseProduct(sites_.conjugate())).transpose();
    out.noalias() -= (x.columns + x.diagonals.cwiseProduct(sites_)) * weighted.adjoint();
    out.diagonal() =
        (weighted.cwiseProduct(x.rows) - x.columns.cwiseProduct(weighted.conjugate())).rowwise().sum();
    return minus_i * out;
}

/// With A = w uu†, p = ρu, and (G∘xy†)v = x∘G(y*∘v) all of H is products of tables and vectors; the
/// vectors of all couplings are columns of a matrix, and rows are kept transposed. The diagonals of
/// tables and the product of those of B and W are apart, so that those of H are.
ComplexMatrix TwoTiers::of_projectors(const ComplexMatrix& rho) const {
    const Index n = levels(), count = sites_.cols();
    std::vector<Tables> zero = tables_at_zero();
    const ComplexMatrix &u = sites_, u_conj = u.conjugate();
    const ComplexMatrix p = rho * u, p_conj = p.conjugate();
    const ComplexMatrix pu = p_conj.cwiseProduct(u), uu = u_conj.cwiseProduct(u);
    ComplexMatrix wu(n, count), w_diagonal(n, count);  // Wu of the rest of W, and its diagonal
    for (std::size_t at = 0; at < baths_.size(); ++at) {
        const Index begin = baths_[at].first, m = baths_[at].count;
        const auto of = [&](const ComplexMatrix& x) { return x.middleCols(begin, m); };
        const Eigen::VectorXcd weights = minus_i * weights_.segment(begin, m);
        auto &g = zero[at].g, &conjugate = zero[at].conjugate;
        w_diagonal.middleCols(begin, m) =
            (g.diagonal().asDiagonal() * of(pu) -
             conjugate.diagonal().asDiagonal() * ComplexMatrix(of(pu).conjugate())) *
            weights.asDiagonal();
        g.diagonal().setZero();
        conjugate.diagonal().setZero();
        wu.middleCols(begin, m) =
            (of(u).cwiseProduct(g * of(pu)) - of(p).cwiseProduct(conjugate * of(uu))) *
            weights.asDiagonal();
    }
    const ComplexMatrix all_wu = wu + w_diagonal.cwiseProduct(u);
    const auto add = [&](Index k, Sums& sums) {
        const Term& term = terms_[static_cast<std::size_t>(k)];
        const Index own = term.operator_index;
        const ComplexMatrix inverse = resolvent(term.rate);
        const ComplexMatrix up = weights_[own] * (u.col(own) * p.col(own).adjoint());  // A_kρ
        ComplexMatrix b =
            (weights_[own] * term.c * u.col(own) * u.col(own).adjoint()).cwiseProduct(inverse);
        const ComplexMatrix first =  // −iρ_k
            (term.conjugate * up.adjoint() - term.c * up).cwiseProduct(inverse);
        const ComplexMatrix bu = b * u, bp = b * p, uf = first.transpose() * u_conj;
        const Eigen::VectorXcd b_diagonal = b.diagonal();
        b.diagonal().setZero();
        const ComplexMatrix rest_ub = b.transpose() * u_conj;
        const ComplexMatrix ub = rest_ub + b_diagonal.asDiagonal() * u_conj;
        Sums h{b * all_wu + b_diagonal.asDiagonal() * wu, w_diagonal.cwiseProduct(rest_ub),
               b_diagonal.asDiagonal() * w_diagonal};  // H less a factor −i, and then H
        Tables tables;
        for (std::size_t at = 0; at < baths_.size(); ++at) {
            const Index begin = baths_[at].first, m = baths_[at].count;
            const auto of = [&](const ComplexMatrix& x) { return x.middleCols(begin, m); };
            const auto weights = weights_.segment(begin, m).asDiagonal();
            tabulate(baths_[at], term.rate, tables);
            auto &g = tables.g, &conjugate = tables.conjugate;
            ComplexMatrix sum =
                g.diagonal().asDiagonal() *
                    ComplexMatrix(of(bu).cwiseProduct(of(p_conj)) + of(u).cwiseProduct(of(uf))) -
                conjugate.diagonal().asDiagonal() * ComplexMatrix(of(bp).cwiseProduct(of(u_conj)));
            h.diagonals.middleCols(begin, m) = minus_i * of(h.diagonals) + sum * weights;
            g.diagonal().setZero();
            conjugate.diagonal().setZero();
            sum = of(bu).cwiseProduct(g * of(pu)) +
                  of(u).cwiseProduct(g * ComplexMatrix(of(uf).cwiseProduct(of(u)))) -
                  of(bp).cwiseProduct(conjugate * of(uu));
            h.columns.middleCols(begin, m) = minus_i * of(h.columns) + sum * weights;
            sum = of(p_conj).cwiseProduct(g.transpose() * ComplexMatrix(of(u_conj).cwiseProduct(of(bu))) -
                                          zero[at].g.transpose() *
                                              ComplexMatrix(of(ub).cwiseProduct(of(u)))) +
                  of(uf).cwiseProduct(g.transpose() * of(uu)) -
                  of(u_conj).cwiseProduct(
                      conjugate.transpose() * ComplexMatrix(of(u_conj).cwiseProduct(of(bp))) -
                      zero[at].conjugate.transpose() * ComplexMatrix(of(ub).cwiseProduct(of(p))));
            h.rows.middleCols(begin, m) = minus_i * of(h.rows) + sum * weights;
        }
        ComplexMatrix s = commutators(h).cwiseProduct(damped_resolvent(term.rate)) +
                          minus_i * term.c * up.cwiseProduct(inverse);
        sums.diagonals.col(own) += s.diagonal();
        s.diagonal().setZero();
        sums.columns.col(own).noalias() += s * u.col(own);
        sums.rows.col(own).noalias() += s.transpose() * u_conj.col(own);
    };
    const ComplexMatrix none = ComplexMatrix::Zero(n, count);
    return commutators(
        team_sum(threads_, static_cast<Index>(terms_.size()), Sums{none, none, none}, add));
}

}  // namespace redfield::hierarchy
