#include "hierarchy/subsets.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "redfield/base/monitor.hpp"

namespace redfield::hierarchy {

namespace {

/// Members and links that their codes can count.
constexpr double most_codes = 5e8;

std::int32_t partner_of(std::int32_t k) { return k ^ 1; }

/// Whether the partner of the element at a place is its neighbour in an ascending set.
bool is_paired(const std::vector<std::int32_t>& set, std::size_t place) {
    const std::int32_t other = partner_of(set[place]);
    return (place > 0 && set[place - 1] == other) || (place + 1 < set.size() && set[place + 1] == other);
}

/// The set of partners, ascending.
std::vector<std::int32_t> partners_of(std::vector<std::int32_t> set) {
    const std::vector<std::int32_t> given = set;
    for (std::size_t i = 0; i < given.size(); ++i)
        if (!is_paired(given, i)) set[i] = partner_of(given[i]);
    return set;
}

/// Whether ρ_n† is minus the operator of the partners.
bool is_antisymmetric(const std::vector<std::int32_t>& set) {
    std::size_t paired = 0;
    for (std::size_t i = 0; i < set.size(); ++i) paired += is_paired(set, i) ? 1 : 0;
    return (set.size() * (set.size() - 1) / 2 + paired / 2) % 2 != 0;
}

}  // namespace

double Subsets::size(Index terms, int depth) {
    double all = 1.0, tier = 1.0;
    for (int m = 1; m <= depth; ++m) {
        tier *= static_cast<double>(terms - m + 1) / m;
        if (tier <= 0.0) break;
        all += tier;
    }
    return all;
}

Subsets::Subsets(std::vector<Term> terms, int depth) : terms_(std::move(terms)), depth_(depth) {
    const double all = size(count(), depth);
    if (all > most_codes)
        throw std::length_error("hierarchy: " + std::to_string(count()) + " exponentials at depth " +
                                std::to_string(depth) + " have more than 5e8 auxiliary operators");
    choose_.assign(static_cast<std::size_t>(depth) + 1, std::vector<std::size_t>(terms_.size() + 1, 0));
    for (std::size_t k = 0; k <= terms_.size(); ++k) {
        choose_[0][k] = 1;
        for (std::size_t i = 1; i < choose_.size() && k > 0; ++i)
            choose_[i][k] = choose_[i][k - 1] + choose_[i - 1][k - 1];
    }
    plane_.push_back(0);
    for (int m = 0; m <= depth; ++m) {
        tiers_.push_back(members());
        codes_.emplace_back(choose_[static_cast<std::size_t>(m)][terms_.size()], Link::none);
        enumerate(m);
    }
    tiers_.push_back(members());
    link_all();
    codes_.clear();
}

std::size_t Subsets::rank(const Numbers& set) const {
    std::size_t out = 0;
    for (std::size_t i = 0; i < set.size(); ++i) out += choose_[i + 1][static_cast<std::size_t>(set[i])];
    return out;
}

/// The sets of a tier in lexicographic order, those that are kept as members.
void Subsets::enumerate(int tier) {
    const auto m = static_cast<std::size_t>(tier);
    const auto all = static_cast<std::int32_t>(count());
    if (m > terms_.size()) return;
    Numbers set(m);
    for (std::size_t i = 0; i < m; ++i) set[i] = static_cast<std::int32_t>(i);
    auto& codes = codes_[m];
    while (true) {
        base::poll();
        Numbers other = partners_of(set);
        if (!(other < set)) {
            const auto member = static_cast<std::int32_t>(members());
            codes[rank(set)] = 4 * member;
            const bool own = other == set;
            if (!own) codes[rank(other)] = 4 * member + 2 + (is_antisymmetric(set) ? 1 : 0);
            plane_.push_back(plane_.back() + (own ? 1 : 2));
            Complex decay = 0.0;
            for (const std::int32_t k : set) decay += terms_[static_cast<std::size_t>(k)].rate;
            decay_.push_back(own ? decay.real() : decay);
            for (std::size_t i = 0; i < static_cast<std::size_t>(depth_); ++i)
                elements_.push_back(i < m ? set[i] : -1);
        }
        std::size_t i = m;
        while (i > 0 && set[i - 1] == all - static_cast<std::int32_t>(m - i + 1)) --i;
        if (i == 0) return;
        ++set[i - 1];
        for (; i < m; ++i) set[i] = set[i - 1] + 1;
    }
}

Subsets::Link Subsets::link(const Numbers& set, bool negative) const {
    Link out{codes_[set.size()][rank(set)]};
    if (negative) out.code ^= 1;
    return out;
}

void Subsets::link_all() {
    const auto below = static_cast<std::size_t>(tiers_[static_cast<std::size_t>(depth_)]);
    up_.assign(below * terms_.size(), {});
    down_.assign(static_cast<std::size_t>(members() * depth_), {});
    for (std::size_t m = 0; m <= static_cast<std::size_t>(depth_); ++m)
        for (Index i = tiers_[m]; i < tiers_[m + 1]; ++i) {
            base::poll();
            const auto first = elements_.begin() + i * depth_;
            const Numbers set(first, first + static_cast<Index>(m));
            for (std::size_t place = 0; place < m; ++place) {
                Numbers less = set;
                less.erase(less.begin() + static_cast<Index>(place));
                down_[static_cast<std::size_t>(i * depth_) + place] =
                    link(less, (m - 1 - place) % 2 != 0);
            }
            if (m == static_cast<std::size_t>(depth_)) continue;
            std::size_t place = 0;  // elements before k
            for (std::size_t k = 0; k < terms_.size(); ++k) {
                if (place < m && set[place] == static_cast<std::int32_t>(k)) {
                    ++place;
                    continue;
                }
                Numbers more = set;
                more.insert(more.begin() + static_cast<Index>(place), static_cast<std::int32_t>(k));
                up_[static_cast<std::size_t>(i) * terms_.size() + k] = link(more, (m - place) % 2 != 0);
            }
        }
}

}  // namespace redfield::hierarchy
