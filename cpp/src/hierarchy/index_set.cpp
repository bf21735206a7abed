#include "hierarchy/index_set.hpp"

#include <algorithm>
#include <functional>
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

}  // namespace

IndexSet::IndexSet(std::vector<Term> terms, int depth) : terms_(std::move(terms)), depth_(depth) {
    require(depth >= 0 && depth < 256, "hierarchy: depth must be in 0 … 255, got ", depth);
    if (size(count(), depth) > 1.0e9)
        throw std::length_error("hierarchy: " + std::to_string(count()) + " exponentials at depth " +
                                std::to_string(depth) + " have more than 1e9 auxiliary operators");
    enumerate();
    link();
}

double IndexSet::size(Index terms, int depth) {
    double out = 1.0;
    for (int d = 1; d <= depth; ++d) out *= static_cast<double>(terms + d) / d;
    return out;
}

/// All n of a tier in descending lexicographic order, those kept that are not before their conjugates.
void IndexSet::enumerate() {
    const auto k_count = static_cast<std::size_t>(count());
    Numbers n(k_count, 0), conjugate(k_count, 0);
    plane_.push_back(0);
    const auto keep = [&] {
        Complex decay = 0.0;
        for (std::size_t k = 0; k < k_count; ++k) {
            conjugate[static_cast<std::size_t>(terms_[k].partner)] = n[k];
            decay += static_cast<double>(n[k]) * terms_[k].rate;
        }
        if (n < conjugate) return;
        numbers_.insert(numbers_.end(), n.begin(), n.end());
        plane_.push_back(plane_.back() + (n == conjugate ? 1 : 2));
        decay_.push_back(n == conjugate ? decay.real() : decay);
    };
    const std::function<void(std::size_t, int)> fill = [&](std::size_t k, int left) {
        if (k + 1 == k_count) {
            n[k] = static_cast<std::uint8_t>(left);
            keep();
            n[k] = 0;
            return;
        }
        for (int first = left; first >= 0; --first) {
            n[k] = static_cast<std::uint8_t>(first);
            fill(k + 1, left - first);
        }
        n[k] = 0;
    };
    for (int tier = 0; tier <= depth_; ++tier) {
        tiers_.push_back(members());
        base::poll();
        if (k_count == 0) {
            if (tier == 0) keep();
        } else {
            fill(0, tier);
        }
    }
    tiers_.push_back(members());
}

void IndexSet::link() {
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
    up_.assign(static_cast<std::size_t>(m * k_count), {});
    down_.assign(static_cast<std::size_t>(m * k_count), {});
    for (Index i = 0; i < m; ++i) {
        if (i % 65536 == 0) base::poll();
        for (Index k = 0; k < k_count; ++k) {
            const auto place = static_cast<std::size_t>(i * k_count + k);
            const std::uint64_t own = hashes[static_cast<std::size_t>(i)];
            if (const auto found = codes.find(own + weight(k)); found != codes.end())
                up_[place].code = found->second;
            if (number(i, k) == 0) continue;
            if (const auto found = codes.find(own - weight(k)); found != codes.end())
                down_[place].code = found->second;
        }
    }
}

}  // namespace redfield::hierarchy
