#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "redfield/base/types.hpp"

namespace redfield::trajectories {

/// The random numbers of one trajectory; the standard fixes every bit of them.
class Random {
  public:
    Random(std::uint64_t seed, std::int64_t trajectory) {
        const auto number = static_cast<std::uint64_t>(trajectory);
        std::seed_seq words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                            static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32)};
        engine_.seed(words);
    }

    /// In (0, 1].
    double uniform() { return 1.0 - static_cast<double>(engine_() >> 11) * 0x1p-53; }

    /// A complex normal number, ⟨|z|²⟩ = 1, ⟨z²⟩ = 0.
    Complex normal() {
        const double radius = std::sqrt(-std::log(uniform())), angle = 2.0 * EIGEN_PI * uniform();
        return std::polar(radius, angle);
    }

    /// An index with a probability proportional to its weight.
    Index choose(const RealVector& weights) {
        double left = 0.0;
        for (const double weight : weights) left += weight;
        left *= uniform();
        Index last = 0;
        for (Index j = 0; j < weights.size(); ++j) {
            if (weights[j] <= 0.0) continue;
            last = j;
            left -= weights[j];
            if (left <= 0.0) break;
        }
        return last;
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace redfield::trajectories
