#pragma once

#include <numeric>
#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::base {

/// Numbers 0 … n − 1 in disjoint sets, one each at first, of which two can be made one.
class DisjointSets {
  public:
    explicit DisjointSets(Index n) : parent_(static_cast<std::size_t>(n)), count_(n) {
        std::iota(parent_.begin(), parent_.end(), Index{0});
    }
    Index count() const { return count_; }
    /// The member that stands for a number's set.
    Index root(Index i) {
        while (parent(i) != i) i = parent(i) = parent(parent(i));
        return i;
    }
    void join(Index i, Index j) {
        i = root(i);
        j = root(j);
        if (i == j) return;
        parent(i) = j;
        --count_;
    }

  private:
    Index& parent(Index i) { return parent_[static_cast<std::size_t>(i)]; }

    std::vector<Index> parent_;
    Index count_;
};

}  // namespace redfield::base
