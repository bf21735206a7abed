#include "hierarchy/two_tiers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/memory.hpp"
#include "hierarchy/index_set.hpp"
#include "hierarchy/team_sum.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

bool equal(const std::vector<Term>& a, const std::vector<Term>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Term& x, const Term& y) {
        return x.c == y.c && x.conjugate == y.conjugate && x.rate == y.rate;
    });
}

/// sum += AX − XA. The diagonal of X, where rates are slow by far the largest, enters by its differences:
/// it commutes with that of A, of which rounding would else leave more than what the rest adds.
void add_commutator(const ComplexMatrix& a, ComplexMatrix& x, ComplexMatrix& sum) {
    const Eigen::VectorXcd d = x.diagonal();
    x.diagonal().setZero();
    sum.noalias() += a * x;
    sum.noalias() -= x * a;
    for (Index l = 0; l < a.cols(); ++l)
        for (Index k = 0; k < a.rows(); ++k) sum(k, l) += a(k, l) * (d[l] - d[k]);
}

}  // namespace

TwoTiers::TwoTiers(const Hierarchy& hierarchy, int threads, double max_bytes)
    : energies_(hierarchy.system().eigensystem().energies()) {
    for (std::size_t j = 0; j < hierarchy.baths().size(); ++j)
        require(hierarchy.baths()[j].remainder == 0.0, "steady_corrections: exponentials[", j,
                "] has the remainder ", hierarchy.baths()[j].remainder, ", which must be 0");
    const std::size_t operators = hierarchy.couplings().size();
    std::vector<std::vector<Term>> terms_of(operators);
    for (const Term& term : hierarchy.indices().terms())
        terms_of[static_cast<std::size_t>(term.operator_index)].push_back(term);
    std::vector<std::vector<std::size_t>> members;
    for (std::size_t j = 0; j < operators; ++j) {
        std::size_t b = 0;
        while (b < baths_.size() && !equal(baths_[b].terms, terms_of[j])) ++b;
        if (b == baths_.size()) {
            baths_.push_back({terms_of[j], 0, 0});
            members.emplace_back();
        }
        members[b].push_back(j);
    }
    // The terms are as much work as a state with as many numbers.
    const auto n = static_cast<double>(levels());
    threads_ = base::resolve_threads(
        threads, static_cast<Index>(n * std::sqrt(static_cast<double>(hierarchy.exponentials()))));
    const double matrices =
        4.0 * static_cast<double>(operators) + 2.0 * static_cast<double>(baths_.size()) + 24.0 * threads_;
    base::require_bytes(16.0 * n * n * matrices, max_bytes, "ask without error=True",
                        "the correction of a steady state of ", levels(), " levels with ", operators,
                        " couplings");

    const System& system = hierarchy.system();
    const Eigensystem& eigen = system.eigensystem();
    const auto* sites = std::get_if<SiteProjectors>(&system.couplings());
    const ComplexMatrix vectors = eigen.eigenvectors();
    if (sites != nullptr) {
        sites_.resize(levels(), static_cast<Index>(operators));
        weights_.resize(static_cast<Index>(operators));
    }
    Index place = 0;
    for (std::size_t b = 0; b < baths_.size(); ++b) {
        baths_[b].first = place;
        baths_[b].count = static_cast<Index>(members[b].size());
        for (const std::size_t j : members[b]) {
            for (Term term : terms_of[j]) {
                term.operator_index = place;
                terms_.push_back(term);
            }
            if (sites == nullptr) {
                const ComplexMatrix& a = hierarchy.couplings()[j];
                couplings_.push_back(hierarchy.frame() == Frame::given ? eigen.to_eigenbasis(a) : a);
            } else {
                std::size_t coupling = 0;
                while (hierarchy.operator_of(coupling) != static_cast<Index>(j)) ++coupling;
                sites_.col(place) = vectors.row(sites->sites[coupling]).adjoint();
                weights_[place] = sites->weights[static_cast<Index>(coupling)];
            }
            ++place;
        }
    }
    damping_ = damping(tables_at_zero());
}

RealMatrix TwoTiers::operator()(const RealMatrix& state) const {
    if (terms_.empty()) return RealMatrix::Zero(levels(), levels());
    const ComplexMatrix rho = unpack(state);
    const ComplexMatrix half = couplings_.empty() ? of_projectors(rho) : of_operators(rho);
    return pack(ComplexMatrix(half + half.adjoint()));
}

/// Each exponential gives c/(s + it) = c(s − it)/(s² + t²), s + it = z + ν + iω.
void TwoTiers::tabulate(const Bath& bath, Complex z, Tables& out) const {
    const Index n = levels();
    out.g.resize(n, n);
    out.conjugate.resize(n, n);
    RealVector g_re(n), g_im(n), c_re(n), c_im(n);
    for (Index b = 0; b < n; ++b) {
        for (RealVector* sum : {&g_re, &g_im, &c_re, &c_im}) sum->setZero();
        for (const Term& term : bath.terms) {
            const double s = z.real() + term.rate.real(), square = s * s;
            const double turn = z.imag() + term.rate.imag() - energies_[b];
            const double re = term.c.real(), im = term.c.imag();
            const double other_re = term.conjugate.real(), other_im = term.conjugate.imag();
            for (Index a = 0; a < n; ++a) {
                const double t = energies_[a] + turn, scale = 1.0 / (square + t * t);
                const double x = s * scale, y = t * scale;
                g_re[a] += re * x + im * y;
                g_im[a] += im * x - re * y;
                c_re[a] += other_re * x + other_im * y;
                c_im[a] += other_im * x - other_re * y;
            }
        }
        for (Index a = 0; a < n; ++a) {
            out.g(a, b) = {g_re[a], g_im[a]};
            out.conjugate(a, b) = {c_re[a], c_im[a]};
        }
    }
}

std::vector<TwoTiers::Tables> TwoTiers::tables_at_zero() const {
    std::vector<Tables> out(baths_.size());
    for (std::size_t b = 0; b < baths_.size(); ++b) tabulate(baths_[b], 0.0, out[b]);
    return out;
}

/// κ_ab = λ_a + λ_b* + Σ_j (A_aa − A_bb)(Λ_aa − Λ_bb*), λ_a = Σ_j Σ_{b≠a} A_ab Λ_ba, Λ_j = G_j(0)∘A_j:
/// where rates are slow the diagonal of Λ is by far the largest, and its sums would leave nothing but
/// rounding.
ComplexMatrix TwoTiers::damping(const std::vector<Tables>& zero) const {
    const Index n = levels();
    ComplexMatrix out = ComplexMatrix::Zero(n, n);
    for (std::size_t at = 0; at < baths_.size(); ++at)
        for (Index j = baths_[at].first; j < baths_[at].first + baths_[at].count; ++j) {
            ComplexMatrix a = couplings_.empty()
                                  ? ComplexMatrix(weights_[j] * sites_.col(j) * sites_.col(j).adjoint())
                                  : couplings_[static_cast<std::size_t>(j)];
            const RealVector own = a.diagonal().real();
            const Eigen::VectorXcd of_lambda = own.cast<Complex>().cwiseProduct(zero[at].g.diagonal());
            a.diagonal().setZero();
            const Eigen::VectorXcd lost =
                a.cwiseProduct(a.cwiseProduct(zero[at].g).transpose()).rowwise().sum();
            for (Index b = 0; b < n; ++b)
                for (Index k = 0; k < n; ++k)
                    out(k, b) += lost[k] + std::conj(lost[b]) +
                                 (own[k] - own[b]) * (of_lambda[k] - std::conj(of_lambda[b]));
        }
    return out;
}

ComplexMatrix TwoTiers::damped_resolvent(Complex rate) const {
    const Index n = levels();
    ComplexMatrix out(n, n);
    for (Index b = 0; b < n; ++b)
        for (Index a = 0; a < n; ++a)
            out(a, b) = 1.0 / (rate + damping_(a, b) + Complex(0.0, energies_[a] - energies_[b]));
    return out;
}

ComplexMatrix TwoTiers::resolvent(Complex rate) const {
    const Index n = levels();
    ComplexMatrix out(n, n);
    for (Index b = 0; b < n; ++b)
        for (Index a = 0; a < n; ++a) {
            const double s = rate.real(), t = rate.imag() + (energies_[a] - energies_[b]);
            const double scale = 1.0 / (s * s + t * t);
            out(a, b) = {s * scale, -t * scale};
        }
    return out;
}

ComplexMatrix TwoTiers::of_operators(const ComplexMatrix& rho) const {
    const Index n = levels();
    std::vector<ComplexMatrix> p, q, w;
    {
        const std::vector<Tables> zero = tables_at_zero();
        for (std::size_t b = 0; b < baths_.size(); ++b)
            for (Index j = baths_[b].first; j < baths_[b].first + baths_[b].count; ++j) {
                p.emplace_back(couplings_[static_cast<std::size_t>(j)] * rho);
                q.emplace_back(p.back().adjoint());
                w.emplace_back(minus_i * (p.back().cwiseProduct(zero[b].g) -
                                          q.back().cwiseProduct(zero[b].conjugate)));
            }
    }
    const auto add = [&](Index k, ComplexMatrix& sum) {
        const Term& term = terms_[static_cast<std::size_t>(k)];
        const auto own = static_cast<std::size_t>(term.operator_index);
        const ComplexMatrix &a = couplings_[own], inverse = resolvent(term.rate);
        const ComplexMatrix b = term.c * a.cwiseProduct(inverse);
        const ComplexMatrix first =  // −iρ_k
            (term.conjugate * q[own] - term.c * p[own]).cwiseProduct(inverse);
        ComplexMatrix s = ComplexMatrix::Zero(n, n), h(n, n), product(n, n);
        Tables tables;
        for (const Bath& bath : baths_) {
            tabulate(bath, term.rate, tables);
            for (Index at = bath.first; at < bath.first + bath.count; ++at) {
                const auto j = static_cast<std::size_t>(at);
                product.noalias() = b * p[j];
                product.noalias() += couplings_[j] * first;
                h = product.cwiseProduct(tables.g);
                product.noalias() = b * q[j];
                h -= product.cwiseProduct(tables.conjugate);
                h.noalias() += minus_i * b * w[j];
                h *= minus_i;
                add_commutator(couplings_[j], h, s);
            }
        }
        s = minus_i * s.cwiseProduct(damped_resolvent(term.rate)) - term.c * p[own].cwiseProduct(inverse);
        add_commutator(a, s, sum);
    };
    return team_sum(threads_, static_cast<Index>(terms_.size()), ComplexMatrix(ComplexMatrix::Zero(n, n)),
                    add);
}

}  // namespace redfield::hierarchy
