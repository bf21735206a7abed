#include "hierarchy/index_set.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::hierarchy {

namespace {

/// A hash that is linear, h(n) = Σ n_k h_k mod 2⁶⁴, so that a neighbour's is a sum.
std::vector<std::uint64_t> hash_weights(std::size_t count) {
    std::mt19937_64 engine(20250710);
    std::vector<std::uint64_t> weights(count);
    for (auto& w : weights) w = engine() | 1U;
    return weights;
}

/// Visits every n with Σ n_k = tier whose operator is not negligible, in descending lexicographic order.
/// What the numbers not yet chosen may add is at most Π e^{x_k²/2}, the largest that Σ x^n/√n! has.
class Tier {
  public:
    using Numbers = std::vector<std::uint8_t>;

    Tier(const std::vector<Term>& terms, double negligible, std::function<void(const Numbers&)> visit)
        : terms_(terms),
          least_(negligible > 0.0 ? 0.5 * std::log(negligible)
                                  : -std::numeric_limits<double>::infinity()),
          rest_(terms.size() + 1, 0.0),
          numbers_(terms.size(), 0),
          visit_(std::move(visit)) {
        for (std::size_t k = terms.size(); k-- > 0;)
            rest_[k] = rest_[k + 1] + 0.5 * terms[k].amplitude * terms[k].amplitude;
    }

    void visit(int tier) { fill(0, tier, 0.0); }

  private:
    void fill(std::size_t k, int left, double size) {
        if (size + rest_[k] < least_) return;
        if (k == terms_.size()) {
            if (left == 0) visit_(numbers_);
            return;
        }
        const int first = k + 1 == terms_.size() ? left : 0;
        for (int n = left; n >= first; --n) {
            numbers_[k] = static_cast<std::uint8_t>(n);
            const double own =
                n == 0 ? 0.0 : n * std::log(terms_[k].amplitude) - 0.5 * std::lgamma(n + 1.0);
            fill(k + 1, left - n, size + own);
        }
        numbers_[k] = 0;
    }

    const std::vector<Term>& terms_;
    double least_;              ///< ln of the smallest size kept
    std::vector<double> rest_;  ///< ln of what terms k, k + 1, … add at most
    Numbers numbers_;
    std::function<void(const Numbers&)> visit_;
};

/// The numbers of conjugate terms exchanged.
void exchange_partners(const std::vector<Term>& terms, const Tier::Numbers& n, Tier::Numbers& out) {
    for (std::size_t k = 0; k < terms.size(); ++k) out[static_cast<std::size_t>(terms[k].partner)] = n[k];
}

}  // namespace

IndexSet::IndexSet(std::vector<Term> terms, int depth, double negligible)
    : terms_(std::move(terms)), depth_(depth) {
    require(depth >= 0 && depth < 256, "hierarchy: depth must be in 0 … 255, got ", depth);
    if (size(terms_, depth, negligible) > 1.0e9)
        throw std::length_error("hierarchy: " + std::to_string(count()) + " exponentials at depth " +
                                std::to_string(depth) + " have more than 1e9 auxiliary operators");
    enumerate(negligible);
    single_.resize(terms_.size());
    const Index last = depth > 0 ? tiers_[2] : 0;
    for (Index i = depth > 0 ? tiers_[1] : 0; i < last; ++i)
        for (Index k = 0; k < count(); ++k) {
            if (number(i, k) == 0) continue;
            single_[static_cast<std::size_t>(k)].code = static_cast<std::int32_t>(2 * i);
            const Index partner = terms_[static_cast<std::size_t>(k)].partner;
            if (partner != k)
                single_[static_cast<std::size_t>(partner)].code = static_cast<std::int32_t>(2 * i + 1);
        }
}

IndexSet IndexSet::conjugate() const {
    IndexSet out = *this;
    for (Term& term : out.terms_) term.rate = std::conj(term.rate);
    for (Complex& decay : out.decay_) decay = std::conj(decay);
    return out;
}

double IndexSet::size(const std::vector<Term>& terms, int depth, double negligible) {
    double all = 1.0;
    for (int d = 1; d <= depth; ++d) all *= (static_cast<double>(terms.size()) + d) / d;
    if (negligible <= 0.0) return all;
    double kept = 0.0;
    Tier tier(terms, negligible, [&](const Numbers&) { ++kept; });
    for (int d = 0; d <= depth && kept <= 1.0e9; ++d) {
        base::poll();
        tier.visit(d);
    }
    return kept;
}

/// An index stands for its conjugate too: the later of the two in lexicographic order is kept.
void IndexSet::enumerate(double negligible) {
    Numbers other(terms_.size(), 0);
    plane_.push_back(0);
    Tier tier(terms_, negligible, [&](const Numbers& n) {
        exchange_partners(terms_, n, other);
        if (n < other) return;
        Complex decay = 0.0;
        for (std::size_t k = 0; k < terms_.size(); ++k)
            decay += static_cast<double>(n[k]) * terms_[k].rate;
        numbers_.insert(numbers_.end(), n.begin(), n.end());
        plane_.push_back(plane_.back() + (n == other ? 1 : 2));
        decay_.push_back(n == other ? decay.real() : decay);
    });
    for (int d = 0; d <= depth_; ++d) {
        tiers_.push_back(members());
        base::poll();
        tier.visit(d);
    }
    tiers_.push_back(members());
}

void IndexSet::visit_links(const std::function<void(Index, Index, Link, Link)>& visit) const {
    const Index k_count = count(), m = members();
    const std::vector<std::uint64_t> weights = hash_weights(static_cast<std::size_t>(k_count));
    const auto weight = [&](Index k) { return weights[static_cast<std::size_t>(k)]; };
    std::unordered_map<std::uint64_t, std::int32_t> codes;
    codes.reserve(static_cast<std::size_t>(planes()));
    std::vector<std::uint64_t> hashes(static_cast<std::size_t>(m));
    for (Index i = 0; i < m; ++i) {
        std::uint64_t own = 0, adjoint = 0;
        for (Index k = 0; k < k_count; ++k) {
            const auto number_k = static_cast<std::uint64_t>(number(i, k));
            own += number_k * weight(k);
            adjoint += number_k * weight(terms_[static_cast<std::size_t>(k)].partner);
        }
        hashes[static_cast<std::size_t>(i)] = own;
        const bool fresh =
            codes.emplace(own, static_cast<std::int32_t>(2 * i)).second &&
            (hermitian(i) || codes.emplace(adjoint, static_cast<std::int32_t>(2 * i + 1)).second);
        if (!fresh) throw std::logic_error("hierarchy: two multi-indices have one hash");
    }
    const Index highest = tiers_[tiers_.size() - 2];
    for (Index i = 0; i < m; ++i) {
        if (i % 65536 == 0) base::poll();
        for (Index k = 0; k < k_count; ++k) {
            Link up, down;
            const std::uint64_t own = hashes[static_cast<std::size_t>(i)];
            if (i < highest)
                if (const auto found = codes.find(own + weight(k)); found != codes.end())
                    up.code = found->second;
            if (number(i, k) > 0)
                if (const auto found = codes.find(own - weight(k)); found != codes.end())
                    down.code = found->second;
            visit(i, k, up, down);
        }
    }
}

}  // namespace redfield::hierarchy
