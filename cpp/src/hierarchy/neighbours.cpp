#include "hierarchy/neighbours.hpp"

#include <array>
#include <cmath>
#include <map>
#include <utility>

namespace redfield::hierarchy {

/// α and β of s_k √(n_k + 1) U_k and of (√n_k / s_k) D_k. ρ = G + iF and a complex α: the real part
/// couples G to G and F to F, the imaginary one G to −F and F to G. A term and its partner
/// give a Hermitian member adjoint contributions, and twice the Hermitian part of one is taken.
template <class Scalar>
Neighbours<Scalar>::Neighbours(std::shared_ptr<const IndexSet> indices, std::size_t couplings)
    : indices_(std::move(indices)), couplings_(couplings) {
    const IndexSet& set = *indices_;
    std::map<std::pair<double, double>, std::int32_t> kinds;
    // The edges of one member by coupling, plane, and tier above or below, as links are visited.
    std::vector<std::array<std::array<std::vector<Edge>, 2>, 2>> of_member(couplings);
    const auto add = [&](std::size_t j, Index plane, bool below, Index source, double alpha,
                         double beta) {
        if (alpha == 0.0 && beta == 0.0) return;
        const auto [kind, fresh] =
            kinds.try_emplace({alpha, beta}, static_cast<std::int32_t>(kinds.size()));
        if (fresh) kinds_.push_back({static_cast<Scalar>(alpha), static_cast<Scalar>(beta)});
        of_member[j][static_cast<std::size_t>(plane)][below ? 1 : 0].push_back(
            {static_cast<std::int32_t>(source), kind->second});
    };
    const auto pass = [&](Index member, Index k, bool below, IndexSet::Link link) {
        if (!link.exists()) return;
        const Term& term = set.terms()[static_cast<std::size_t>(k)];
        const auto j = static_cast<std::size_t>(term.operator_index);
        const bool hermitian = set.hermitian(member);
        const double times = hermitian && term.partner != k ? 2.0 : 1.0;
        const int n = set.number(member, k);
        Complex alpha = term.scale * std::sqrt(n + 1.0), beta = 0.0;
        if (below) {
            const double unit = 0.5 * std::sqrt(static_cast<double>(n)) / term.scale;
            alpha = unit * (term.c + term.conjugate);
            beta = Complex(0.0, -unit) * (term.c - term.conjugate);
        }
        alpha *= times;
        beta *= times;
        const Index g = set.plane(link.member());
        add(j, 0, below, g, alpha.real(), beta.real());
        if (!hermitian) add(j, 1, below, g, alpha.imag(), beta.imag());
        if (set.hermitian(link.member())) return;
        const double sign = link.adjoint() ? -1.0 : 1.0;
        add(j, 0, below, g + 1, -sign * alpha.imag(), -sign * beta.imag());
        if (!hermitian) add(j, 1, below, g + 1, sign * alpha.real(), sign * beta.real());
    };
    const auto last_term = static_cast<Index>(set.terms().size()) - 1;
    const auto finish = [&](Index member) {
        for (Index plane = 0; plane < (set.hermitian(member) ? 1 : 2); ++plane)
            for (auto& of_coupling : of_member)
                for (auto& part : of_coupling[static_cast<std::size_t>(plane)]) {
                    begin_.push_back(static_cast<std::int64_t>(edges_.size()));
                    edges_.insert(edges_.end(), part.begin(), part.end());
                    part.clear();
                }
    };
    if (last_term < 0) {
        for (Index i = 0; i < set.members(); ++i) finish(i);
    }
    set.visit_links([&](Index member, Index k, IndexSet::Link up, IndexSet::Link down) {
        const Index partner = set.terms()[static_cast<std::size_t>(k)].partner;
        if (!set.hermitian(member) || partner >= k) {
            pass(member, k, false, up);
            pass(member, k, true, down);
        }
        if (k == last_term) finish(member);
    });
    begin_.push_back(static_cast<std::int64_t>(edges_.size()));
    edges_.shrink_to_fit();
}

/// Edges to the tier above become those to the tier below, and are counted before they are placed.
template <class Scalar>
std::shared_ptr<const Neighbours<Scalar>> Neighbours<Scalar>::adjoint() const {
    auto out = std::shared_ptr<Neighbours>(new Neighbours());
    out->indices_ = std::make_shared<const IndexSet>(indices_->conjugate());
    out->couplings_ = couplings_;
    for (const Weights& x : kinds_) out->kinds_.push_back({-x.alpha, x.beta});
    const std::size_t parts = 2 * couplings_;
    const auto visit = [&](const auto& body) {
        for (std::size_t at = 0; at + 1 < begin_.size(); ++at)
            for (std::int64_t e = begin_[at]; e < begin_[at + 1]; ++e) {
                const Edge& edge = edges_[static_cast<std::size_t>(e)];
                body(static_cast<std::size_t>(edge.source) * parts + ((at % parts) ^ 1U), edge,
                     static_cast<std::int32_t>(at / parts));
            }
    };
    out->begin_.assign(begin_.size(), 0);
    visit([&](std::size_t at, const Edge&, std::int32_t) { ++out->begin_[at + 1]; });
    for (std::size_t at = 1; at < begin_.size(); ++at) out->begin_[at] += out->begin_[at - 1];
    std::vector<std::int64_t> next = out->begin_;
    out->edges_.resize(edges_.size());
    visit([&](std::size_t at, const Edge& edge, std::int32_t plane) {
        out->edges_[static_cast<std::size_t>(next[at]++)] = {plane, edge.kind};
    });
    return out;
}

template <class Scalar>
Index Neighbours<Scalar>::at_share(Index first, Index last, double share) const {
    const auto cost = [this](Index member) {
        const Index plane = indices_->plane(member);
        return plane_cost * static_cast<double>(plane) +
               static_cast<double>(begin_[static_cast<std::size_t>(2 * plane) * couplings_]);
    };
    Index low = first, high = last;
    const double wanted = (1.0 - share) * cost(first) + share * cost(last);
    while (low < high) {
        const Index middle = (low + high) / 2;
        if (cost(middle) < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

template class Neighbours<double>;
template class Neighbours<float>;

}  // namespace redfield::hierarchy
