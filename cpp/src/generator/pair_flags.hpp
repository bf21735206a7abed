#pragma once

#include <algorithm>
#include <atomic>
#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::generator {

/// Which pairs of panels have been written to by one of the two, so that both can add their tile of F and
/// of F† to the result itself. Plain planes of F and a second pass for F + F† take 1.2 to 1.4 times as
/// long.
class PairFlags {
  public:
    PairFlags(Index panels, int threads) : alone_(threads <= 1) {
        if (!alone_)
            flags_ = std::vector<std::atomic<char>>(static_cast<std::size_t>(panels * (panels - 1) / 2));
    }

    /// Whether p is the first of the two; if it is not, waits until the other has written.
    bool take_first(Index p, Index q) {
        if (alone_) return p < q;
        std::atomic<char>& flag = of(p, q);
        char free = 0;
        if (flag.compare_exchange_strong(free, 1, std::memory_order_relaxed)) return true;
        while (flag.load(std::memory_order_acquire) != 2) {
        }
        return false;
    }
    void release(Index p, Index q) {
        if (!alone_) of(p, q).store(2, std::memory_order_release);
    }

  private:
    std::atomic<char>& of(Index p, Index q) {
        const Index low = std::min(p, q), high = std::max(p, q);
        return flags_[static_cast<std::size_t>(high * (high - 1) / 2 + low)];
    }
    bool alone_;
    std::vector<std::atomic<char>> flags_;
};

}  // namespace redfield::generator
